import { screen, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { open } from '@/testing/render'

const textsOf = (table: HTMLElement) =>
  within(table)
    .getAllByRole('row')
    .slice(1)
    .map((row) => row.textContent ?? '')

test('the stalest come first, each with a word for how urgent it is', async () => {
  open('/ingestion')

  const rows = textsOf(await screen.findByRole('table', { name: 'Freshness' }))

  expect(rows.map((row) => row.slice(0, 5))).toEqual(['P-002', 'P-003', 'P-005', 'P-001', 'P-004'])
  expect(rows[0]).toContain('Act4 days ago')
  expect(rows[1]).toContain('Expired')
  expect(rows[2]).toContain('Watch')
  expect(rows[3]).toContain('Good5 h ago')
  expect(rows[4]).toContain('Waitingfor consent')
})

test('a problem stands with what to do about it', async () => {
  open('/ingestion')

  expect(await screen.findByText('Google Health answers 503.')).toBeTruthy()
  expect(screen.getByText('Nothing to do: it is tried again within the hour.')).toBeTruthy()
})

test('a replay shows what came of it', async () => {
  const { user, asked } = open('/ingestion')

  await user.click(await screen.findByRole('button', { name: 'Replay P-001 from google-health' }))

  expect(await screen.findByText(/120 payloads parsed again: 3,400 samples/)).toBeTruthy()
  expect(screen.getByText('Run 3: done')).toBeTruthy()
  const sent = asked.find(({ url }) => url.endsWith('/syncs/replay'))
  expect(await sent?.json()).toEqual({
    study: 'DEMO',
    participants: ['P-001'],
    source: 'google-health',
  })
})

test('runs stand with why, what came of them, and how long they took', async () => {
  open('/ingestion?tab=runs')

  const [retry, night] = textsOf(await screen.findByRole('table', { name: 'Runs' }))

  expect(retry).toContain('Again, what had failed')
  expect(retry).toContain('12 attempts, 2 failed. P-002: Google Health answers 503.')
  expect(night).toContain('Nightly')
  expect(night).toContain('34,567')
  expect(night).toContain('42 s')
})

test('a run leads to its attempts, and the address keeps it', async () => {
  const { user, router } = open('/ingestion?tab=runs')

  await user.click(await screen.findByRole('link', { name: /attempts of run 2/ }))

  const rows = textsOf(await screen.findByRole('table', { name: 'Attempts' }))
  expect(rows[0]).toContain('heart daily')
  expect(rows[1]).toContain('it is tried again within the hour')
  expect(router.state.location.searchStr).toBe('?study=DEMO&tab=runs&run=2')
})

test('a participant leads to their attempts and to what was refused of them', async () => {
  const { asked } = open('/ingestion?participant=P-002')

  expect(await screen.findByRole('table', { name: 'Attempts' })).toBeTruthy()
  expect(await screen.findByRole('list', { name: 'Quarantine' })).toBeTruthy()
  expect(asked.some(({ url }) => /quarantine.*participant=P-002/.test(url))).toBe(true)
})

test('records in quarantine stand with file, position and reason, and as they were received', async () => {
  open('/ingestion?tab=quarantine')

  const quarantine = within(await screen.findByRole('list', { name: 'Quarantine' }))

  expect(quarantine.getByText('heart_rate outside 20 to 250 /min')).toBeTruthy()
  expect(quarantine.getByText(/heartrate_seconds_merged.csv.gz, record 1,204/)).toBeTruthy()
  expect(quarantine.getByText('2022484408,4/12/2016 7:21:00 AM,0')).toBeTruthy()
})

test('imports stand with their counts and, if they failed, the reason', async () => {
  open('/ingestion?tab=imports')

  const imports = within(await screen.findByRole('table', { name: 'Imports' }))

  expect(imports.getByText('620,632')).toBeTruthy()
  expect(imports.getByText('The archive is not a zip file.')).toBeTruthy()
})

test('the address of before leads to the imports', async () => {
  const { router } = open('/imports')

  expect(await screen.findByRole('table', { name: 'Imports' })).toBeTruthy()
  expect(router.state.location.search).toEqual({ tab: 'imports' })
})

test('who may only look sees no buttons that fetch or replay', async () => {
  open('/ingestion', { rights: ['read', 'read_ingestion'] })

  expect(await screen.findByRole('table', { name: 'Freshness' })).toBeTruthy()
  expect(screen.queryByRole('button', { name: /^(Sync|Replay)/ })).toBeNull()
})

test('an analyst is told that the page is not theirs', async () => {
  open('/ingestion', { rights: ['read'] })

  expect(await screen.findByText('Not for your role')).toBeTruthy()
})
