import type { Attempt, FreshnessLine, Grant, Grants, Invitation, Run, Step } from '@/api/client'
import { DAY, HOUR } from './study'

const text = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z')
const code = (n: number) => `P-${String(n + 1).padStart(3, '0')}`

const STANDING: Step[] = [
  'first_data',
  'none',
  'invited',
  'opened',
  'active',
  'partial',
  'expired',
  'revoked',
]

const DETAILS: Partial<Record<Step, string>> = {
  partial: 'Not granted: sleep.',
  expired: 'The permission at Google Health was revoked or has expired; consent is needed again.',
}

/** The n-th grant: one on every step, and then all send data. */
export function grant(n: number, now: number): Grant {
  const step = STANDING[n] ?? 'first_data'
  const open = step === 'invited' || step === 'opened'
  const invited = step === 'none' ? null : text(now - 20 * DAY)
  return {
    participant: code(n),
    study: 'DEMO',
    source: 'google-health',
    state: step === 'opened' ? 'invited' : step === 'first_data' ? 'active' : step,
    step,
    since_at: invited,
    scopes: [],
    missing: step === 'partial' ? ['sleep'] : [],
    has_data: step === 'first_data',
    invited_at: invited,
    opened_at: step === 'opened' ? text(now - 3 * DAY) : null,
    link_expires_at: open ? text(now + (step === 'invited' ? 10 : -1) * DAY) : null,
    granted_at: open || step === 'none' ? null : invited,
    changed_at: invited,
    detail: DETAILS[step] ?? '',
  }
}

export function grants(many: number, now: number): Grants {
  const rows = Array.from({ length: many }, (_, n) => grant(n, now))
  const count = (step: Step) => rows.filter((row) => row.step === step).length
  return {
    sources: ['google-health', 'oura'],
    ready: ['google-health'],
    titles: { 'google-health': 'Google Health', oura: 'Oura' },
    funnel: { 'google-health': Object.fromEntries(STANDING.map((step) => [step, count(step)])) },
    seats: [{ source: 'google-health', used: 83, limit: 100, left: 17 }],
    grants: rows,
  }
}

export const invitation = (participant: string, now: number): Invitation => ({
  participant,
  source: 'google-health',
  link: `https://lab.example/api/v1/grants/join?invitation=word-of-${participant}`,
  expires_at: text(now + 30 * DAY),
})

export function freshness(now: number): FreshnessLine[] {
  const line = (n: number, state: FreshnessLine['state'], hours: number | null, more = {}) => ({
    participant: code(n),
    study: 'DEMO',
    source: 'google-health',
    state,
    until_at: hours === null ? null : text(now - hours * HOUR),
    history_from: '2026-01-01',
    succeeded_at: hours === null ? null : text(now - hours * HOUR),
    failed_at: null,
    problem: '',
    code: '',
    device_synced_at: null,
    ...more,
  })
  return [
    line(0, 'active', 5),
    line(1, 'active', 100, {
      problem: 'Google Health answers 503.',
      code: 'source_unavailable',
      failed_at: text(now - HOUR),
    }),
    line(2, 'expired', 60, { problem: DETAILS.expired }),
    line(3, 'invited', null),
    line(4, 'active', 50),
  ]
}

export function runs(now: number, replayed: string | null): Run[] {
  const run = (id: number, cause: string, outcome: string, detail = '', failed = 0): Run => ({
    id,
    study: 'DEMO',
    cause,
    started_at: text(now - (10 - id) * HOUR),
    finished_at: outcome === 'running' ? null : text(now - (10 - id) * HOUR + 42_000),
    outcome,
    detail,
    attempts: cause === 'replay' ? 0 : 12,
    failed,
    samples: 34_567,
    episodes: 4,
    quarantined: 1,
  })
  const past = [
    run(2, 'retry', 'partial', 'P-002: Google Health answers 503.', 2),
    run(1, 'night', 'done'),
  ]
  return replayed ? [run(3, 'replay', 'done', replayed), ...past] : past
}

export const attempts = (now: number): Attempt[] =>
  (['done', 'failed'] as const).map((outcome, i) => ({
    id: i + 1,
    participant: 'P-002',
    source: 'google-health',
    family: i === 0 ? 'heart_daily' : 'sleep',
    first_on: '2026-03-01',
    last_on: '2026-03-03',
    timezone: 'Europe/Berlin',
    started_at: text(now - HOUR),
    finished_at: text(now - HOUR + 9_000),
    outcome,
    samples: i === 0 ? 3 : 0,
    episodes: 0,
    written: 3,
    withdrawn: 0,
    quarantined: 0,
    detail: outcome === 'failed' ? 'Google Health answers 503.' : '',
    code: outcome === 'failed' ? 'source_unavailable' : '',
  }))
