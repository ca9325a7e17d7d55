import { queryOptions } from '@tanstack/react-query'
import { answered, api } from '@/api/client'
import type { TimeWindow } from '@/components/time/window'

export const sleepQuery = (participants: readonly string[], study: string, window: TimeWindow) => {
  const whose = [study, ...participants].join(' ')
  const query = {
    participant: [...participants],
    study,
    start: new Date(window.start).toISOString(),
    end: new Date(window.end).toISOString(),
  }
  return queryOptions({
    queryKey: ['sleep', whose, query],
    queryFn: ({ signal }) => answered(api.GET('/api/v1/sleep', { params: { query }, signal })),
    placeholderData: (previous, from) => (from?.queryKey[1] === whose ? previous : undefined),
  })
}
