import type { Band } from '@/components/mark'
import type { Check, Figure, Gap } from './queries'

export const STATES: Record<string, { word: string; band: Band; about: string }> = {
  running: { word: 'Running', band: 'watch', about: 'People are filled one after the other.' },
  done: { word: 'Done', band: 'good', about: 'Its values stand.' },
  failed: {
    word: 'Failed',
    band: 'act',
    about: 'The same run, asked for again, goes on where it was.',
  },
  stale: {
    word: 'Stale',
    band: 'watch',
    about: 'Samples came where it had filled, and took its place there. The rest still stands.',
  },
  replaced: { word: 'Replaced', band: 'quiet', about: 'A newer run filled the same.' },
  withdrawn: { word: 'Withdrawn', band: 'quiet', about: 'Its values were taken back.' },
}

export const METRICS = [
  ['heart_rate', 'Heart rate'],
  ['daily_hrv_rmssd', 'Heart rate variability, nightly'],
  ['breathing_rate', 'Breathing rate, nightly'],
  ['daily_spo2', 'Oxygen saturation, nightly'],
  ['steps', 'Steps, as a modelled count'],
] as const

export const metricWord = (name: string): string =>
  METRICS.find(([known]) => known === name)?.[1] ?? name

/** What a run counts: minutes, or nights of what comes nightly. */
export const unitOf = (metric: string): string =>
  ['heart_rate', 'steps'].includes(metric) ? 'min' : 'nights'

/** Whether minutes with this reason were measured, filled or refused. */
export type Fate = 'measured' | 'filled' | 'refused'

export const REASONS: Record<string, { fate: Fate; word: string }> = {
  measured: { fate: 'measured', word: 'measured' },
  short: { fate: 'filled', word: 'worn dropout: at most 15 minutes' },
  evidence: { fate: 'filled', word: 'worn dropout: something else proves that it was worn' },
  supported: { fate: 'filled', word: 'non-wear, filled as if worn: usually worn at that time' },
  before_first: { fate: 'refused', word: 'before the first that was measured' },
  after_last: { fate: 'refused', word: 'after the last that was measured' },
  barred: { fate: 'refused', word: 'paused or withdrawn' },
  few_days: { fate: 'refused', word: 'fewer than 5 worn days' },
  long: { fate: 'refused', word: 'the gap is too long' },
  unsupported: { fate: 'refused', word: 'a time of day hardly ever worn' },
  unreleased: { fate: 'refused', word: 'gaps of this length are not released' },
}

const fateOf = (why: string): Fate => REASONS[why]?.fate ?? 'refused'

/** What became of a gap, such as "not filled: paused or withdrawn". */
export const gapFate = ({ code, why }: Gap): { filled: boolean; words: string } => {
  const filled = code !== 'refused' && fateOf(why) === 'filled'
  return { filled, words: `${filled ? 'filled' : 'not filled'}: ${REASONS[why]?.word ?? why}` }
}

/** Minutes by what became of them. */
export function fates(counts: Record<string, number>): Record<Fate, number> {
  const total = { measured: 0, filled: 0, refused: 0 }
  for (const [why, minutes] of Object.entries(counts)) total[fateOf(why)] += minutes
  return total
}

export const CLASSES = ['5', '30', '120', '480', '1440', '1 night', '3 nights', '7 nights', 'all']

const CLASS_WORDS: Record<string, string> = {
  '5': '5 min',
  '30': '30 min',
  '120': '2 h',
  '480': '8 h',
  '1440': '24 h',
  '1 night': '1 night',
  '3 nights': 'up to 3 nights',
  '7 nights': 'up to 7 nights',
  all: 'all',
}

/** The class of a gap in words: its length. */
export const classWord = (kind: string): string => CLASS_WORDS[kind] ?? `${kind} min`

export const METHODS = [
  ['ssm-1', 'Model'],
  ['nights-1', 'Model'],
  ['hot-deck-2', 'Model'],
  ['linear', 'Straight line'],
  ['time-of-day', 'Time-of-day median'],
  ['tiered', 'Published tiered rule'],
  ['median', 'Person’s median'],
] as const

export const methodWord = (name: string): string =>
  METHODS.find(([known]) => known === name)?.[1] ?? name

export const VERDICTS: Record<string, { word: string; band: Band }> = {
  released: { word: 'Released', band: 'good' },
  widened: { word: 'Released, widened', band: 'watch' },
  not_validated: { word: 'Not validated', band: 'watch' },
  refused: { word: 'Not released', band: 'act' },
}

export const STATISTICS: Record<string, string> = {
  mean: 'Mean',
  p5: '5th percentile',
  p95: '95th percentile',
  sd: 'Standard deviation',
}

export const COLUMNS: Record<string, string> = {
  observed: 'Observed only',
  dropouts: '+ worn dropouts',
  non_wear: '+ supported non-wear',
}

export const count = (value: number): string => value.toLocaleString('en')

export const percent = (share: number | null): string =>
  share === null ? '–' : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`

export const fixed = (value: number | null | undefined, digits = 2): string =>
  value == null ? '–' : value.toFixed(digits).replace('-', '−')

/** A figure with its 95 % interval. */
export const figureWords = ({ value, low, high }: Figure, digits = 2): string =>
  low === null || high === null
    ? fixed(value, digits)
    : `${fixed(value, digits)} [${fixed(low, digits)}, ${fixed(high, digits)}]`

/** Of which hidden gaps a check speaks. */
export const SETTINGS = [
  ['fixed as_if_worn', 'Stretches, as non-wear'],
  ['fixed worn', 'Stretches, worn'],
  ['transplanted as_if_worn', 'Others’ gaps, as non-wear'],
  ['transplanted worn', 'Others’ gaps, worn'],
] as const

export type Setting = (typeof SETTINGS)[number][0]

export const settingOf = ({ pattern, scenario }: Check): string => `${pattern} ${scenario}`
