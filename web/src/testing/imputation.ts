import type { Check, Comparison, Line, Report, Run } from '@/features/imputation/queries'

const run = (id: number, now: number, more: Partial<Run> = {}): Run => ({
  id,
  study: 'DEMO',
  metric: 'heart_rate',
  method: 'ssm-1',
  state: 'done',
  draws: 20,
  seed: id,
  software: 'wearhouse 0.1.0',
  started_by: 'Ada',
  started_at: new Date(now - 3_600_000).toISOString(),
  finished_at: new Date(now - 3_000_000).toISOString(),
  people: 2,
  finished: 2,
  minutes: 1_200,
  data_hash: 'a'.repeat(64),
  detail: '',
  start: null,
  end: null,
  classes: null,
  ...more,
})

/** The newest run turned stale, the one before was replaced. */
export const runs = (now: number): Run[] => [
  run(2, now, { state: 'stale', detail: 'Samples of P-001 came.' }),
  run(1, now, { state: 'replaced' }),
]

const check = (kind: string, method: string, error: number): Check => ({
  pattern: 'fixed',
  scenario: 'as_if_worn',
  kind,
  method,
  gaps: 40,
  minutes: 800,
  mae: { value: error, low: error - 0.5, high: error + 0.5 },
  rmse: error * 1.3,
  bias: -0.1,
  coverage:
    method === 'ssm-1'
      ? { value: 0.91, low: 0.88, high: 0.93 }
      : { value: null, low: null, high: null },
  width: method === 'ssm-1' ? 17 : null,
  mean_coverage: { value: null, low: null, high: null },
  spread: { value: null, low: null, high: null },
  single: null,
  widen: null,
  versus: method === 'ssm-1' ? { linear: { value: -0.17, low: -0.22, high: -0.11 } } : {},
})

const line = (statistic: string, column: string, value: number, share: number): Line => ({
  statistic,
  column,
  people: 2,
  minutes: 10_000,
  imputed_share: share,
  refused_share: 0.2,
  value,
  se: 1,
  low: value - 2,
  high: value + 2,
  fmi: share,
  flagged: share > 0.3,
  not_validated: false,
})

const lines = [
  line('mean', 'observed', 70, 0),
  line('mean', 'dropouts', 70.5, 0.02),
  line('mean', 'non_wear', 68, 0.35),
]

const report = (now: number): Report => ({
  run: runs(now)[0] ?? run(2, now),
  verdicts: [
    { kind: '30', state: 'released', reason: 'MAE 6.3 against 6.8', gaps: 40, widen: 1 },
    { kind: '1440', state: 'not_validated', reason: 'too few gaps', gaps: 3, widen: 1 },
  ],
  validation: ['30', '1440'].flatMap((kind) => [
    check(kind, 'ssm-1', 6.3),
    check(kind, 'linear', 7.5),
  ]),
  strata: [
    { ...check('all', 'ssm-1', 5.1), stratum: 'night' },
    {
      ...check('all', 'ssm-1', 6.9),
      stratum: 'day',
      coverage: { value: 0.87, low: 0.8, high: 0.9 },
    },
  ],
  by_participant: [{ ...check('all', 'ssm-1', 6.3), participant: 'P-001' }],
  counts: { measured: 8_000, short: 200, supported: 1_000, long: 2_400 },
  participants: [
    { participant: 'P-001', minutes: 200, digest: 'b', counts: { measured: 4_000, short: 200 } },
    {
      participant: 'P-002',
      minutes: 1_000,
      digest: 'c',
      counts: { measured: 4_000, supported: 1_000, long: 2_400 },
    },
  ],
  statistics: lines,
  between_arms: [
    {
      arm: 'walk',
      other: 'usual',
      statistic: 'mean',
      hours: 'all',
      people: [2, 2],
      difference: 1.5,
      tips_at: null,
      shifts: [{ shift: 0, value: 1.5, se: 0.5, low: 0.5, high: 2.5 }],
    },
  ],
  tipping: [
    {
      statistic: 'mean',
      hours: 'all',
      observed: 70,
      tips_at: 5,
      shifts: [-5, 0, 5].map((shift) => ({
        shift,
        value: 68 + shift / 2,
        se: 1,
        low: 66 + shift / 2,
        high: 70 + shift / 2,
      })),
    },
  ],
})

const comparison = (now: number): Comparison => ({
  runs: runs(now),
  differing: ['seed'],
  participants: 2,
  same_data: 1,
  counts: [{ short: 200 }, { short: 150 }],
  statistics: lines.map((one) => ({
    statistic: one.statistic,
    column: one.column,
    one,
    other: { ...one, value: one.value + 0.25 },
    difference: 0.25,
  })),
})

/** What the server says of imputation; nothing if the path is about something else. */
export function answer(path: string, method: string, now: number): object | null {
  if (!path.startsWith('/imputations')) return null
  if (method === 'POST') {
    return path.endsWith('/withdraw')
      ? run(2, now, { state: 'withdrawn' })
      : run(3, now, { state: 'running' })
  }
  if (path === '/imputations') return runs(now)
  if (path === '/imputations/comparison') return comparison(now)
  return path.endsWith('/gaps') ? [] : report(now)
}
