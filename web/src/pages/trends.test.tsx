import { fireEvent, screen, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { open } from '@/testing/render'

// The page and its charts are loaded when they are first shown.
const patient = { timeout: 9000 }

const panel = async (name: string) => {
  const [region] = await screen.findAllByRole('region', { name }, patient)
  if (!region) throw new Error(`There is no ${name}.`)
  return within(region)
}

test('each trend begins with its finding', async () => {
  open('/trends')

  expect(
    (await panel('Enrolment')).getByText(/12 of 20 participants enrolled \(60 %\)/),
  ).toBeTruthy()
  expect(
    (await panel('Retention')).getByText('92 % stay to week 1; 1 participant left.'),
  ).toBeTruthy()
  expect(
    (await panel('Adherence by week')).getByText(/From 90 % in week 1 to 80 % in week 2/),
  ).toBeTruthy()
})

test('the numbers at risk stand in a table, too', async () => {
  const { user, router } = open('/trends')

  await user.click((await panel('Retention')).getByRole('button', { name: 'Table of Retention' }))

  const table = await (await panel('Retention')).findByRole('table')
  expect(within(table).getAllByRole('row')[2]?.textContent).toBe('111192 %54 %99 %')
  expect(router.state.location.search).toEqual({ tables: 'retention' })
})

test('moving the cut tells what is left', async () => {
  const { router } = open('/trends')
  const cut = await screen.findByLabelText('Worn hours that a day must have', {}, patient)
  const explorer = await panel('Threshold explorer')
  expect(explorer.getByText(/100 of 150 days kept/)).toBeTruthy()

  fireEvent.change(cut, { target: { value: '13' } })

  const left = 'At least 13 h of wear: 0 of 150 days kept, 0 of 10 people.'
  expect(await explorer.findByText(left)).toBeTruthy()
  expect(router.state.location.searchStr).toBe('?cut=13')
}, 15_000)

test('definitions stand side by side', async () => {
  open('/trends?definitions=ten-hours,thousand-steps')

  const table = await screen.findByRole('table', { name: 'Adherence by definition' }, patient)
  expect(await within(table).findByText('At least 1,000 steps')).toBeTruthy()
  expect(within(table).getAllByRole('row')).toHaveLength(3)
})
