import type { FreshnessLine, Run } from '@/api/client'
import type { Band, Shape } from '@/components/mark'
import { ago } from '@/components/time/words'

const HOUR = 3_600_000

interface Words {
  word: string
  band: Band
  shape?: Shape
}

const OUTCOMES: Record<string, Words> = {
  done: { word: 'Done', band: 'good' },
  partial: { word: 'Done in part', band: 'watch', shape: 'half' },
  failed: { word: 'Failed', band: 'act' },
  interrupted: { word: 'Interrupted', band: 'watch', shape: 'alert' },
  running: { word: 'Running', band: 'quiet', shape: 'clock' },
}

/** How a run, an attempt or an import ended, in a word. */
export const outcomeWords = (outcome: string): Words =>
  OUTCOMES[outcome] ?? { word: outcome, band: 'quiet', shape: 'dot' }

const CAUSES: Record<string, string> = {
  night: 'Nightly',
  retry: 'Again, what had failed',
  request: 'Asked for here',
  command: 'Command line',
  consent: 'First data after consent',
  replay: 'Replay of the archive',
  notice: 'The vendor had news',
}

/** Why a run was made. */
export const causeWords = (cause: string): string =>
  CAUSES[cause] ?? cause.charAt(0).toUpperCase() + cause.slice(1)

const ADVICE: Record<string, string> = {
  source_unavailable: 'Nothing to do: it is tried again within the hour.',
  not_signed_in: 'Ask the participant again, on the Grants page.',
  not_allowed: 'Ask the participant again, on the Grants page.',
  conflict: 'Nothing to do: another run is at work on it.',
  invalid: 'Tell whoever runs the server: a setting or the source is at fault.',
  unforeseen: 'Tell whoever runs the server: the log says more.',
  unavailable: 'Tell whoever runs the server, then sync again.',
  store_unavailable: 'Tell whoever runs the server, then sync again.',
}

/** What to do about an attempt that did not end well, or a grant that expired. */
export function advice(outcome: string, code: string): string {
  if (outcome === 'expired') return ADVICE.not_signed_in ?? ''
  if (outcome === 'interrupted') return 'Nothing to do: the next run goes on from there.'
  return ADVICE[code] ?? ''
}

/** How old what is there may be: a night is fine, three days call for action. */
export function freshWords(line: FreshnessLine, now: number): Words & { when: string } {
  if (line.state === 'expired') return { word: 'Expired', band: 'act', when: 'consent is needed' }
  if (line.state === 'invited' || line.state === 'none')
    return { word: 'Waiting', band: 'quiet', shape: 'letter', when: 'for consent' }
  if (line.state === 'revoked') return { word: 'Revoked', band: 'quiet', when: 'nothing is read' }
  if (!line.until_at) return { word: 'Act', band: 'act', when: 'nothing was fetched yet' }
  const at = Date.parse(line.until_at)
  const when = ago(at, now)
  if (now - at <= 26 * HOUR) return { word: 'Good', band: 'good', when }
  return now - at <= 72 * HOUR
    ? { word: 'Watch', band: 'watch', when }
    : { word: 'Act', band: 'act', when }
}

/** How long ago the data were complete, for sorting: who has none yet is the stalest. */
export function staleness(line: FreshnessLine): number {
  const reads = line.state === 'active' || line.state === 'partial'
  if (!reads && line.state !== 'expired') return Number.MAX_SAFE_INTEGER
  return line.until_at ? Date.parse(line.until_at) : 0
}

/** What a run did, in a line. */
export function sumOf({ cause, detail, attempts, failed }: Run): string {
  if (cause === 'replay') return detail
  if (attempts === 0) return detail || 'nothing was due'
  const stretches = `${attempts.toLocaleString('en')} attempt${attempts === 1 ? '' : 's'}`
  return [failed > 0 ? `${stretches}, ${failed} failed.` : '', detail].filter(Boolean).join(' ')
}
