import { screen, within } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { open } from '@/testing/render'

const grid = () => screen.findByRole('grid')
const cell = async () => (await within(await grid()).findByRole('gridcell')).textContent

test('the grid tells its size, and only rows in view are in the page', async () => {
  open('/map', { participants: 1000 })

  const found = await grid()

  expect(found.getAttribute('aria-rowcount')).toBe('1001')
  expect(found.getAttribute('aria-colcount')).toBe('31')
  expect(within(found).getAllByRole('row').length).toBeLessThan(60)
})

test('keys move from cell to cell, and Enter opens the day', async () => {
  const { user, router } = open('/map')
  const found = await grid()
  found.focus()

  await user.keyboard('{Home}{ArrowRight}{ArrowRight}{ArrowDown}{ArrowRight}')
  const said = await cell()
  await user.keyboard('{Enter}')

  expect(said).toContain('Worn too little, worn 2 h 00 min')
  expect(router.state.location.pathname).toBe('/participants/P-002')
  const { from, to } = router.state.location.search as { from: string; to: string }
  expect(from).toBe(to)
})

test('the legend tells the marks in words, with how many days each is', async () => {
  open('/map')

  const legend = within(await screen.findByRole('list', { name: 'What the marks mean' }))

  expect(legend.getByText('Worn too little').textContent).toContain('40 days')
})

test('what is chosen stands in the address', async () => {
  const { user, router } = open('/map')
  await grid()

  await user.click(screen.getByRole('link', { name: 'Reason' }))
  await user.selectOptions(screen.getByLabelText('Align by'), 'Study day')
  await user.selectOptions(screen.getByLabelText('Sort by'), 'Adherence, lowest first')

  expect(router.state.location.search).toEqual({
    layer: 'reason',
    align: 'study',
    sort: 'adherence',
  })
})

test('minutes asleep are asked for only where sleep is shown', async () => {
  const { user, asked } = open('/map')
  await grid()
  const sleeping = () => asked.filter(({ url }) => url.includes('sleep=true'))
  expect(sleeping()).toHaveLength(0)

  await user.click(screen.getByRole('link', { name: 'Sleep' }))

  await vi.waitFor(() => expect(sleeping()).toHaveLength(1))
  expect(
    await screen.findByText(/asleep 7 h 00 min/, { selector: 'span:not([class])' }),
  ).toBeTruthy()
})

test('the table holds the same days in words', async () => {
  const { user } = open('/map?q=P-002')
  await grid()

  await user.click(screen.getByRole('button', { name: 'Table' }))

  const table = await screen.findByRole('table')
  // P-002 began a day late.
  expect(table.getAttribute('aria-rowcount')).toBe('30')
  expect(within(table).getAllByText('Worn too little')).toHaveLength(1)
})

test('a refusal is shown in the words of the server', async () => {
  open('/map', { refusing: { '/studies/DEMO/map': 'The store is being moved.' } })

  expect(await screen.findByText('The store is being moved.', {}, { timeout: 9000 })).toBeTruthy()
}, 15_000)
