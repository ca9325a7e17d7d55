import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { open } from '@/testing/render'

const rowOf = async (code: string) => {
  const link = await screen.findByRole('link', { name: code })
  const row = link.closest('tr')
  if (!row) throw new Error(`${code} stands in no row.`)
  return within(row)
}

test('the roster tells in words how urgent the silence of each participant is', async () => {
  open('/')

  expect((await rowOf('P-001')).getByText('Good')).toBeTruthy()
  expect((await rowOf('P-003')).getByText('Watch')).toBeTruthy()
  expect((await rowOf('P-004')).getByText('Act')).toBeTruthy()
})

test('a thousand participants keep only the rows in view in the page', async () => {
  open('/', { participants: 1000 })

  const table = await screen.findByRole('table')

  expect(table.getAttribute('aria-rowcount')).toBe('1001')
  expect(within(table).getAllByRole('row').length).toBeLessThan(60)
})

test('the filter narrows the list and stays in the address', async () => {
  const { user, router } = open('/')

  await user.type(await screen.findByLabelText('Filter'), 'p-01')

  await waitFor(() => expect(screen.queryByRole('link', { name: 'P-001' })).toBeNull())
  expect(screen.getByRole('link', { name: 'P-010' })).toBeTruthy()
  expect(router.state.location.search).toEqual({ q: 'p-01' })
})

test('sorting by a column is told to screen readers and stays in the address', async () => {
  const { user, router } = open('/')

  await user.click(await screen.findByRole('button', { name: 'Last data' }))

  const heading = await screen.findByRole('columnheader', { name: 'Last data' })
  await waitFor(() => expect(heading.getAttribute('aria-sort')).toBe('ascending'))
  expect(router.state.location.search).toEqual({ sort: 'last' })
})

test('chosen participants are compared', async () => {
  const { user, router } = open('/')

  await user.click(await screen.findByLabelText('Choose P-001'))
  await user.click(await screen.findByLabelText('Choose P-002'))
  await user.click(await screen.findByRole('link', { name: 'Compare selected (2)' }))

  await waitFor(() => expect(router.state.location.pathname).toBe('/compare'))
  expect(router.state.location.search).toMatchObject({ participants: 'P-001,P-002' })
})

test('an empty study says how to import', async () => {
  open('/', { participants: 0 })

  expect(await screen.findByText('Nobody is enrolled yet')).toBeTruthy()
  expect(screen.getByText(/wearhouse import PATH/)).toBeTruthy()
})

test('a refusal is shown in the words of the server, and can be tried again', async () => {
  const { user, current } = open('/', {
    refusing: { '/metrics-catalogue': '', '/studies': 'The store is being moved.' },
  })

  expect(await screen.findByText('The store is being moved.', {}, { timeout: 9000 })).toBeTruthy()
  current.refusing = {}
  await user.click(screen.getByRole('button', { name: 'Try again' }))

  expect(await screen.findByRole('link', { name: 'P-001' })).toBeTruthy()
}, 15_000)
