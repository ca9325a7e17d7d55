import './desk.css'
import type { Desk } from '@/api/client'
import { Mark } from '@/components/mark'
import { ago, timeHere } from '@/components/time/words'
import { people } from './words'

const soon = (at: number, now: number) => {
  const minutes = Math.max(0, Math.round((at - now) / 60_000))
  return minutes < 90 ? `in ${minutes} min` : `in ${Math.round(minutes / 60)} h`
}

/** How fresh a page is: when data last came, when they come next, what is delayed. */
export function FreshnessLine({ desk, now }: { desk: Desk; now: number }) {
  const { updated_at, next_sync_at, delayed } = desk
  return (
    <p className="freshness-line">
      <span title={updated_at ? timeHere(updated_at) : undefined}>
        {updated_at ? `Last update ${ago(Date.parse(updated_at), now)}` : 'No update yet'}
      </span>
      <span title={next_sync_at ? timeHere(next_sync_at) : undefined}>
        {next_sync_at ? `next sync ${soon(Date.parse(next_sync_at), now)}` : 'no sync is planned'}
      </span>
      {delayed.map(({ source, participants }) => (
        <Mark key={source} band="watch" word={`${source} is delayed for ${people(participants)}`} />
      ))}
    </p>
  )
}
