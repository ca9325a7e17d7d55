import { screen, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { open } from '@/testing/render'

// The page is loaded when it is first shown.
const patient = { timeout: 9000 }

const panel = async (name: RegExp) => within(await screen.findByRole('region', { name }, patient))

test('a stale run says why, and one that still stands is told of', async () => {
  open('/imputation')

  const table = within(await screen.findByRole('table', { name: 'Imputation runs' }, patient))

  expect(table.getByText('Stale')).toBeTruthy()
  expect(table.getByText('Samples of P-001 came.')).toBeTruthy()
  expect(await screen.findByRole('heading', { name: 'Run 2: heart rate' })).toBeTruthy()
})

test('what was filled is told as a share of what is missing', async () => {
  open('/imputation')

  const counts = await panel(/^Filled and refused/)

  expect(counts.getByText(/33 % of what is missing was filled \(1,200 of 3,600 min\)/)).toBeTruthy()
})

test('the verdicts stand above the plots, and each plot has a table', async () => {
  const { user } = open('/imputation')
  const validation = await panel(/^Validation/)

  expect(validation.getByText(/Released: gaps of 30 min. 1 of 2 could not/)).toBeTruthy()
  await user.click(validation.getByRole('button', { name: 'Table of Validation' }))

  const table = within(await validation.findByRole('table', { name: 'Validation in numbers' }))
  expect(table.getAllByText('6.30 [5.80, 6.80]')).toHaveLength(2)
  expect(table.getAllByText('−17 [−22, −11] %')).toHaveLength(2)
})

test('what the model does is taken apart by hour and by participant', async () => {
  const { user } = open('/imputation')
  const parts = await panel(/^The model, taken apart/)

  expect(parts.getByText('Least covered: by day (87.0 % of the hidden values).')).toBeTruthy()
  await user.selectOptions(parts.getByLabelText('Taken apart by'), 'participant')
  await user.click(parts.getByRole('button', { name: 'Table of The model, taken apart' }))

  const table = within(
    await parts.findByRole('table', { name: 'The model, taken apart in numbers' }),
  )
  expect(table.getByText('P-001')).toBeTruthy()
})

test('much that is imputed is pointed out, and the tipping point is told', async () => {
  open('/imputation')

  expect((await panel(/^In three columns/)).getByText(/more than 30 % is imputed/)).toBeTruthy()
  expect((await panel(/^Tipping point/)).getByText(/once non-wear differs by \+5/)).toBeTruthy()
})

test('the tipping point of a difference between arms is told', async () => {
  const { user } = open('/imputation')
  const tipping = await panel(/^Tipping point/)

  await user.selectOptions(tipping.getByLabelText('Whose'), 'walk less usual')

  expect(await tipping.findByText(/Mean, walk less usual: no shift that was tried/)).toBeTruthy()
})

test('two runs are put side by side', async () => {
  open('/imputation?run=2&with=1')

  const both = await panel(/^Run 2 and run 1/)

  expect(both.getByText(/They differ in seed. Both filled 2 participants, 1 of them/)).toBeTruthy()
})

test('who may not impute is offered neither a start nor a withdrawal', async () => {
  open('/imputation', { rights: ['read'] })
  await screen.findByRole('table', { name: 'Imputation runs' }, patient)

  expect(screen.queryByRole('button', { name: 'Start a run' })).toBeNull()
  expect(screen.queryByRole('button', { name: /Withdraw/ })).toBeNull()
})

test('a run is asked for as it was filled in', async () => {
  const { user, asked } = open('/imputation', { rights: ['read', 'impute'] })
  await user.click(await screen.findByRole('button', { name: 'Start a run' }, patient))
  const dialog = within(await screen.findByRole('dialog'))
  expect(dialog.getByText(/About a third of the missing minutes/)).toBeTruthy()

  await user.clear(dialog.getByLabelText(/^Seed/))
  await user.type(dialog.getByLabelText(/^Seed/), '7')
  await user.click(dialog.getByRole('button', { name: 'Start' }))

  const sent = asked.find(({ method }) => method === 'POST')
  expect(await sent?.json()).toMatchObject({
    study: 'DEMO',
    metric: 'heart_rate',
    seed: 7,
    draws: 20,
    start: null,
  })
})

test('the switch stands in the address and is asked of the server', async () => {
  const now = Date.parse('2026-03-10T12:00:00Z')
  const { user, router, asked } = open(
    '/participants/P-001?from=2026-03-02&to=2026-03-08&metrics=heart_rate',
    { now },
  )
  const choice = within(await screen.findByRole('group', { name: 'Imputed values' }, patient))

  await user.click(choice.getByRole('button', { name: 'Show with' }))

  expect(await screen.findByRole('list', { name: 'Measured and imputed' })).toBeTruthy()
  expect(router.state.location.search).toMatchObject({ imputed: 'include' })
  const series = asked.filter(({ url }) => url.includes('/series'))
  expect(series[0]?.url).not.toContain('imputed')
  expect(series.at(-1)?.url).toContain('imputed=include')
})
