import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { civilDay, dateText } from '@/components/time/zone'
import { open } from '@/testing/render'

const NOW = Date.parse('2026-03-10T12:00:00Z')
const WEEK = '/participants/P-001?from=2026-03-02&to=2026-03-08'

const panel = async (name: string | RegExp) => within(await screen.findByRole('region', { name }))

test('the head says where somebody stands and what to do next', async () => {
  open(WEEK, { now: NOW })

  expect(await screen.findByText(/^day \d+$/)).toBeTruthy()
  expect(screen.getByText('All is well.')).toBeTruthy()
})

test('only who may write to participants is offered to', async () => {
  open(WEEK, { now: NOW, rights: ['read', 'send_messages'] })

  const link = await screen.findByRole('link', { name: 'Write to P-001' })

  expect(link.getAttribute('href')).toContain('/messages?study=DEMO&participant=P-001')
})

test('tabs keep the time that is shown, and the address names them', async () => {
  const { user, router } = open(WEEK, { now: NOW })

  await user.click(await screen.findByRole('link', { name: 'Wear' }))

  await screen.findByRole('grid')
  expect(router.state.location.search).toEqual({
    from: '2026-03-02',
    to: '2026-03-08',
    tab: 'wear',
  })
})

test('each day of the window says why it is as it is, and leads to it', async () => {
  const { user, router } = open(WEEK, { now: NOW })
  const days = within(await screen.findByRole('list', { name: 'Days' }))

  expect(days.getAllByRole('listitem')).toHaveLength(7)
  await user.click(days.getByRole('link', { name: /^Wed 4 Valid, 15.0 h worn/ }))

  expect(await screen.findByRole('heading', { name: /Wed 4 Mar 2026/ })).toBeTruthy()
  expect(router.state.location.search).toMatchObject({ tab: 'day', day: '2026-03-04' })
})

test('arrow keys move the cursor of the day, and a fixed row reads all lanes', async () => {
  const { user } = open(`${WEEK}&tab=day&day=2026-03-03`, { now: NOW })
  const cursor = await screen.findByRole('slider', { name: /Time of day/ })

  cursor.focus()
  await user.keyboard('{Home}{ArrowRight}')

  expect(cursor.getAttribute('aria-valuenow')).toBe('5')
  expect(cursor.getAttribute('aria-valuetext')).toMatch(/^00:05, /)
})

test('the day before is one click away', async () => {
  const { user, router } = open(`${WEEK}&tab=day&day=2026-03-03`, { now: NOW })

  await user.click(await screen.findByRole('button', { name: 'Day before' }))

  expect(router.state.location.search).toMatchObject({ day: '2026-03-02' })
})

test('the day leaves imputed values out unless the address asks for them', async () => {
  const { asked } = open(`${WEEK}&tab=day&day=2026-03-03`, { now: NOW })

  const cursor = await screen.findByRole('slider', { name: /Time of day/ })

  expect(cursor.getAttribute('aria-valuetext')).not.toMatch(/imputed/)
  expect(screen.queryByRole('list', { name: 'Measured and imputed' })).toBeNull()
  expect(asked.filter(({ url }) => url.includes('imputed='))).toEqual([])
})

test('the day shows what was imputed beside what was measured, and never as worn', async () => {
  const { user, router } = open(`${WEEK}&tab=day&day=2026-03-03`, { now: NOW })
  const before = await screen.findByRole('slider', { name: /Time of day/ })
  const worn = /^Worn (\d+) h (\d+) min/.exec(before.getAttribute('aria-valuetext') ?? '')

  const choice = within(screen.getByRole('group', { name: 'Imputed values' }))
  await user.click(choice.getByRole('button', { name: 'Show with' }))

  expect(await screen.findByRole('list', { name: 'Measured and imputed' })).toBeTruthy()
  expect(router.state.location.search).toMatchObject({ imputed: 'include', tab: 'day' })
  const cursor = await screen.findByRole('slider', { name: /Time of day/ })
  const told = cursor.getAttribute('aria-valuetext') ?? ''
  expect(told).toMatch(/heart rate \d+ to \d+ per min.*\d+ min of heart rate imputed/)
  const now = /^Worn (\d+) h (\d+) min/.exec(told)
  const minutes = (found: RegExpExecArray | null) => Number(found?.[1]) * 60 + Number(found?.[2])
  expect(minutes(now)).toBeLessThanOrEqual(minutes(worn))
})

test('the table of the day has what was imputed in columns of its own', async () => {
  open(`${WEEK}&tab=day&day=2026-03-03&imputed=only&tables=day`, { now: NOW })

  const table = within(await screen.findByRole('table', { name: /by quarters of an hour/ }))

  expect(table.getByRole('columnheader', { name: /^Heart rate, imputed/ })).toBeTruthy()
  expect(table.getByRole('columnheader', { name: /^Imputed, min/ })).toBeTruthy()
  expect(table.getByRole('columnheader', { name: /^Steps, imputed/ })).toBeTruthy()
})

test('a day of 23 hours says so', async () => {
  open('/participants/P-001?tab=day&day=2026-03-29', { now: Date.parse('2026-04-02T12:00:00Z') })

  expect(await screen.findByText(/23 hours: the clocks go forward/)).toBeTruthy()
})

test('the hours of a week are walked with arrows, and Enter opens the day', async () => {
  const { user, router } = open(`${WEEK}&tab=wear`, { now: NOW })
  const grid = within(await screen.findByRole('grid', { name: /Worn by hour/ }))

  const last = grid.getByRole('gridcell', { name: 'Sun 8 Mar, 00:00: not worn' })
  expect(last.tabIndex).toBe(0)
  last.focus()
  await user.keyboard('{ArrowUp}{End}{ArrowLeft}')
  expect(document.activeElement?.getAttribute('aria-label')).toBe('Sat 7 Mar, 22:00: 60 min')
  await user.keyboard('{Enter}')

  await waitFor(() =>
    expect(router.state.location.search).toMatchObject({ tab: 'day', day: '2026-03-07' }),
  )
})

test('an hour that the clock jumped over is no hour that was not worn', async () => {
  open('/participants/P-001?tab=wear&from=2026-03-28&to=2026-03-30', {
    now: Date.parse('2026-04-02T12:00:00Z'),
  })

  const grid = within(await screen.findByRole('grid'))

  expect(
    grid.getByRole('gridcell', { name: 'Sun 29 Mar, 02:00: the clock jumped over it' }),
  ).toBeTruthy()
})

test('the calendar has a tile a day with its day and its night', async () => {
  open(`${WEEK}&tab=wear`, { now: NOW })

  const calendar = await panel('Days and nights')

  expect(
    calendar.getByRole('link', { name: 'Wed 4 Mar: valid, 15.0 h worn; night: slept long enough' }),
  ).toBeTruthy()
})

test('the rhythm tells the index with how much of it is known', async () => {
  open(`${WEEK}&tab=rhythm`, { now: NOW })

  const sleep = await panel(/^Sleep regularity/)

  expect(sleep.getByText('83')).toBeTruthy()
  expect(sleep.getByText(/91 % of 18,720 pairs known/)).toBeTruthy()
  expect(sleep.getByText('1 h 00 later')).toBeTruthy()
})

test('the usual day stands in a table, too', async () => {
  const { user } = open(`${WEEK}&tab=rhythm&ink=heart`, { now: NOW })

  await user.click(await screen.findByRole('button', { name: 'Table of Usual day' }))

  const table = within(await screen.findByRole('table', { name: /Usual day/ }))
  const titles = table.getAllByRole('columnheader').map((heading) => heading.textContent)
  expect(titles).toEqual(['Clock', 'Lower quartile', 'Median', 'Upper quartile', 'Days'])
})

test('the log holds what was done and why, and messages for those who may see them', async () => {
  open('/participants/P-001?tab=log&from=2026-03-02&to=2026-03-09', {
    now: NOW,
    rights: ['read', 'send_messages'],
  })

  expect(await screen.findByText(/paused · first on: 2026-03-05 · holiday/)).toBeTruthy()
  expect(screen.getByText('sync: sent')).toBeTruthy()
  expect(screen.getByText('Charge 6')).toBeTruthy()
})

test('who may not write to participants is told that messages are not shown', async () => {
  open('/participants/P-001?tab=log', { now: NOW, rights: ['read'] })

  expect(await screen.findByText('Your role does not see messages to participants.')).toBeTruthy()
})

test('what the team did is told up to now, and also of somebody without data', async () => {
  const { asked } = open('/participants/P-017?tab=log', { participants: 20 })

  expect(await screen.findByRole('heading', { name: /^What happened/ })).toBeTruthy()
  const today = dateText(civilDay(Date.now(), 'Europe/Berlin'))
  const timeline = asked.find(({ url }) => url.includes('/timeline'))
  expect(new URL(timeline?.url ?? '').searchParams.get('end')).toBe(today)
})
