import type { Participant } from '@/api/client'
import { type Band, Mark } from '@/components/mark'
import { ago } from '@/components/time/words'
import { momentText } from '@/components/time/zone'

const HOUR = 3_600_000

/** How urgent the silence of a participant is: a day is fine, three days call for action. */
export function bandOf({ last_sample_at, withdrawn_on }: Participant, now: number): Band {
  if (withdrawn_on) return 'quiet'
  if (!last_sample_at) return 'act'
  const hours = (now - Date.parse(last_sample_at)) / HOUR
  if (hours <= 24) return 'good'
  return hours <= 72 ? 'watch' : 'act'
}

const WORDS: Record<Band, string> = { good: 'Good', watch: 'Watch', act: 'Act', quiet: 'Withdrawn' }

/** When the last data came: a word, a mark and a time, never colour alone. */
export function Freshness({ participant, now }: { participant: Participant; now: number }) {
  const band = bandOf(participant, now)
  const last = participant.last_sample_at
  const at = last ? Date.parse(last) : null
  return (
    <Mark
      band={band}
      word={WORDS[band]}
      title={at ? `${momentText(at, participant.timezone)} (${participant.timezone})` : undefined}
    >
      {at ? ago(at, now) : 'no data yet'}
    </Mark>
  )
}
