import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { open } from '@/testing/render'

const NOW = Date.parse('2026-03-10T12:00:00Z')
const WEEK = '/participants/P-001?from=2026-03-02&to=2026-03-08'

const panel = async (name: string) => within(await screen.findByRole('region', { name }))

test('each chart names its level and sums itself up for screen readers', async () => {
  open(WEEK, { now: NOW })

  const heart = await panel('Heart rate per min')

  expect(await heart.findByText('1 h means')).toBeTruthy()
  const chart = await heart.findByRole('img')
  expect(chart.getAttribute('aria-label')).toMatch(/2 Mar 2026 to 8 Mar 2026.*P-001: \d+ points/)
})

test('the server is asked for the whole civil days of the participant', async () => {
  const { asked } = open(`${WEEK}&metrics=heart_rate`, { now: NOW })
  await panel('Heart rate per min')

  await waitFor(() => expect(asked.some(({ url }) => url.includes('/series'))).toBe(true))

  const query = new URL(asked.find(({ url }) => url.includes('/series'))?.url ?? '').searchParams
  expect(query.get('start')).toBe('2026-03-01T23:00:00.000Z')
  expect(query.get('end')).toBe('2026-03-08T23:00:00.000Z')
})

test('times are shown in the zone of the participant, and the zone is named', async () => {
  open('/participants/P-002?from=2026-03-02&to=2026-03-02&metrics=heart_rate', { now: NOW })

  expect(await screen.findByText('Times in Asia/Kolkata')).toBeTruthy()
})

test('the same numbers stand in a table', async () => {
  const { user, router } = open(`${WEEK}&metrics=heart_rate`, { now: NOW })

  await user.click(await screen.findByRole('button', { name: 'Table of Heart rate' }))

  const table = within(await screen.findByRole('table'))
  const titles = table.getAllByRole('columnheader').map((heading) => heading.textContent)
  expect(titles).toEqual(['Time', 'Mean, per min', 'Min', 'Max', 'Samples'])
  expect(router.state.location.search).toMatchObject({ tables: 'heart_rate' })
})

test('the link to the CSV asks for the same series', async () => {
  open(`${WEEK}&metrics=steps&with=P-003`, { now: NOW, rights: ['read', 'export'] })

  const link = await screen.findByRole('link', { name: 'Download Steps as CSV' })

  const query = new URL(link.getAttribute('href') ?? '', 'http://localhost').searchParams
  expect(query.getAll('participant')).toEqual(['P-001', 'P-003'])
  expect(query.get('metric')).toBe('steps')
  expect(query.get('format')).toBe('csv')
})

test('arrow keys pan, plus and minus zoom, and 0 resets', async () => {
  const { user, router } = open('/participants/P-001?from=2026-03-03&to=2026-03-06', { now: NOW })
  const charts = await screen.findByRole('group', { name: /Left and right arrows/ })
  const shown = () => router.state.location.search

  charts.focus()
  await user.keyboard('{ArrowRight}')
  await waitFor(() => expect(shown()).toMatchObject({ from: '2026-03-04', to: '2026-03-07' }))
  await user.keyboard('+')
  await waitFor(() => expect(shown()).toMatchObject({ from: '2026-03-05', to: '2026-03-06' }))
  await user.keyboard('-')
  await waitFor(() => expect(shown()).toMatchObject({ from: '2026-03-04', to: '2026-03-07' }))
  await user.keyboard('0')
  await waitFor(() => expect(shown()).toEqual({}))
})

test('a window without data says so in words', async () => {
  open('/participants/P-001?from=2020-01-01&to=2020-01-07&metrics=heart_rate', { now: NOW })

  expect(await screen.findByText('No heart rate in 1 Jan 2020 to 7 Jan 2020.')).toBeTruthy()
})

test('other participants have a line with a name and a dash', async () => {
  open(`${WEEK}&metrics=heart_rate&with=P-002`, { now: NOW })

  const lines = within(await screen.findByRole('list', { name: 'Lines' }))

  expect(lines.getByText('P-002')).toBeTruthy()
  expect(lines.getByRole('img', { name: 'dashed' })).toBeTruthy()
})

test('who may not take files is offered none', async () => {
  open(`${WEEK}&metrics=steps`, { now: NOW, rights: ['read'] })

  await panel('Steps')

  expect(screen.queryByRole('link', { name: 'Download Steps as CSV' })).toBeNull()
})

test('a participant that nobody knows is told in the words of the server', async () => {
  open('/participants/P-999', { now: NOW })

  expect(await screen.findByText('There is nothing at /participants/P-999.')).toBeTruthy()
})
