import { fireEvent, screen, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { open } from '@/testing/render'

const codes = (count: number) =>
  Array.from({ length: count }, (_, i) => `P-00${i + 1}`)
    .slice(0, 9)
    .join(',')

test('up to eight participants are lines with a legend', async () => {
  open(`/compare?participants=${codes(8)}`)

  const lines = within(await screen.findByRole('list', { name: 'Lines' }))

  expect(lines.getAllByRole('listitem')).toHaveLength(8)
})

test('more than eight participants stand side by side, on the same scale', async () => {
  open(`/compare?participants=${codes(9)}`)

  const charts = await screen.findAllByRole('img', { name: /^Heart rate of P-00\d,/ })

  expect(charts).toHaveLength(9)
  for (const chart of charts) expect(chart.textContent).toContain('40110180')
})

test('rows are there for the asking, without a legend', async () => {
  open(`/compare?participants=${codes(9)}&view=rows`)

  const chart = await screen.findByRole('img', { name: /^Heart rate, / })

  expect(chart.getAttribute('aria-label')).toContain('P-009')
  expect(screen.queryByRole('list', { name: 'Lines' })).toBeNull()
})

test('by day in the study everybody begins at day 1, their first whole one, on their own clock', async () => {
  const now = Date.parse('2026-03-10T12:00:00Z')
  const { asked } = open('/compare?participants=P-001,P-002&align=study', { now })

  const chart = await screen.findByRole('img', { name: 'Heart rate of P-001, P-002.' })

  expect(chart.textContent).toContain('day 1')
  const starts = asked
    .filter(({ url }) => url.includes('/series'))
    .map(({ url }) => new URL(url).searchParams.get('start'))
  expect(starts).toEqual(['2026-01-09T23:00:00.000Z', '2026-01-09T18:30:00.000Z'])
})

test('the cursor of all charts is moved by a slider, which says what they read', async () => {
  open(`/compare?participants=${codes(3)}&view=multiples`, {
    now: Date.parse('2026-03-10T12:00:00Z'),
  })
  const slider = await screen.findByRole('slider', { name: 'Time of the cursor' })

  fireEvent.change(slider, { target: { value: '250' } })

  expect(slider.getAttribute('aria-valuetext')).toMatch(/P-001 .*P-002 .*P-003 /)
})

test('nobody is offered arms that they may not know', async () => {
  open(`/compare?participants=${codes(3)}`)

  await screen.findByRole('button', { name: 'By day in the study' })

  expect(screen.queryByRole('button', { name: 'By arm' })).toBeNull()
})

const lastAsked = (asked: Request[]) =>
  new URL(asked.filter(({ url }) => url.includes('/series')).at(-1)?.url ?? '').searchParams

test('imputed values are left out unless the address asks for them', async () => {
  const { asked } = open(`/compare?participants=${codes(3)}&view=multiples`)

  await screen.findAllByRole('img', { name: /^Heart rate of P-00\d,/ })

  expect(lastAsked(asked).get('imputed')).toBeNull()
  expect(screen.queryByRole('list', { name: 'Measured and imputed' })).toBeNull()
})

test('shown with what was measured, imputed values are in the address, the key and each name', async () => {
  const { user, router, asked } = open(`/compare?participants=${codes(3)}&view=multiples`)
  const choice = within(await screen.findByRole('group', { name: 'Imputed values' }))

  await user.click(choice.getByRole('button', { name: 'Show with' }))

  expect(await screen.findByRole('list', { name: 'Measured and imputed' })).toBeTruthy()
  expect(router.state.location.search).toMatchObject({ imputed: 'include' })
  expect(lastAsked(asked).get('imputed')).toBe('include')
  const [first] = await screen.findAllByRole('img', { name: /^Heart rate of P-00\d,/ })
  expect(first?.getAttribute('aria-label')).toMatch(/\d+ points, \d+ with imputed/)
  expect(first?.querySelector('.compare-imputed')?.getAttribute('d')).not.toBe('')
})

test('alone, imputed values leave no measured point', async () => {
  open(`/compare?participants=${codes(3)}&view=multiples&imputed=only`)

  const [first] = await screen.findAllByRole('img', { name: /^Heart rate of P-00\d,/ })

  expect(first?.getAttribute('aria-label')).toMatch(/, 0 points, \d+ with imputed/)
})

test('the table behind the rows tells how much of each was imputed', async () => {
  open(`/compare?participants=${codes(9)}&view=rows&imputed=include&tables=yes`)

  expect(await screen.findByRole('columnheader', { name: /^Imputed, min/ })).toBeTruthy()
  expect(await screen.findByText(/Imputed, or with imputed minutes: the lower half/)).toBeTruthy()
})

test('participants in several zones are compared in UTC', async () => {
  open('/compare?participants=P-001,P-002')

  expect(await screen.findByText('Times in UTC')).toBeTruthy()
})
