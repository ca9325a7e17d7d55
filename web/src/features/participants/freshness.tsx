import './freshness.css'
import type { Participant } from '@/api/client'
import { momentText } from '@/components/time/zone'

const HOUR = 3_600_000

export type Band = 'good' | 'watch' | 'act' | 'left'

/** How urgent the silence of a participant is: a day is fine, three days call for action. */
export function bandOf({ last_sample_at, withdrawn_on }: Participant, now: number): Band {
  if (withdrawn_on) return 'left'
  if (!last_sample_at) return 'act'
  const hours = (now - Date.parse(last_sample_at)) / HOUR
  if (hours <= 24) return 'good'
  return hours <= 72 ? 'watch' : 'act'
}

/** How long ago something was, in words. */
export function ago(at: number, now: number): string {
  const minutes = Math.max(0, Math.round((now - at) / 60_000))
  if (minutes < 2) return 'just now'
  if (minutes < 90) return `${minutes} min ago`
  const hours = Math.round(minutes / 60)
  if (hours < 48) return `${hours} h ago`
  return `${Math.round(hours / 24).toLocaleString('en')} days ago`
}

const WORDS: Record<Band, string> = { good: 'Good', watch: 'Watch', act: 'Act', left: 'Withdrawn' }

const SHAPES: Record<Band, string> = {
  good: 'M3 8.5l3.2 3.2L13 5',
  watch: 'M8 4v4.5l3 1.8',
  act: 'M8 3.5v6M8 12.4v.1',
  left: 'M4 8h8',
}

/** When the last data came: a word, a mark and a time, never colour alone. */
export function Freshness({ participant, now }: { participant: Participant; now: number }) {
  const band = bandOf(participant, now)
  const last = participant.last_sample_at
  const at = last ? Date.parse(last) : null
  return (
    <span
      className={`freshness ${band}`}
      title={at ? `${momentText(at, participant.timezone)} (${participant.timezone})` : undefined}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="8" cy="8" r="7.2" />
        <path d={SHAPES[band]} />
      </svg>
      <b>{WORDS[band]}</b>
      <span className="when">{at ? ago(at, now) : 'no data yet'}</span>
    </span>
  )
}
