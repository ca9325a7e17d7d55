import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { ParticipantDetail } from '@/api/client'
import { REASONS } from '@/features/desk/words'
import { daysQuery, type Stretch, wearQuery } from '@/features/participant/queries'
import { type Day, daysOf } from '@/features/participant/slots'

/** The days of a stretch with their slots and reasons, once both are here. */
export function useDays(
  participant: ParticipantDetail,
  stretch: Stretch,
  slot: number,
  now: number,
): { days: Day[] | null; error: Error | null; again: () => void } {
  const wear = useQuery(wearQuery(stretch, slot))
  const judged = useQuery(daysQuery(stretch))
  const synced = participant.synced_at ?? null
  const days = useMemo(
    () =>
      wear.data && judged.data
        ? daysOf(wear.data.days, judged.data.days, slot, synced, now, REASONS)
        : null,
    [wear.data, judged.data, slot, synced, now],
  )
  const again = () => {
    wear.refetch()
    judged.refetch()
  }
  return { days, error: wear.error ?? judged.error, again }
}
