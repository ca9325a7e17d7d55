import { useCallback, useMemo, useRef } from 'react'
import { daysUntil, type TimeWindow, textOf, windowOf } from '@/components/time/window'

interface Texts {
  from: string | undefined
  to: string | undefined
}

interface Ends {
  first_sample_at: string | null
  last_sample_at: string | null
}

interface Shown {
  window: TimeWindow
  all: TimeWindow
  onWindow: (window: TimeWindow | null) => void
}

const USUAL_DAYS = 14

/** The window that the address bar asks for, or the last two weeks of data; null without any data. */
export function useShownWindow(
  { from, to }: { from?: string; to?: string },
  zone: string,
  { first_sample_at, last_sample_at }: Ends,
  go: (texts: Texts, how: { resetScroll: boolean }) => void,
): Shown | null {
  const latest = useRef(go)
  latest.current = go
  const onWindow = useCallback(
    (next: TimeWindow | null) => {
      const texts = next ? textOf(next, zone) : { from: undefined, to: undefined }
      latest.current(texts, { resetScroll: false })
    },
    [zone],
  )
  return useMemo(() => {
    const last = last_sample_at ? Date.parse(last_sample_at) : null
    const asked = windowOf(from, to, zone)
    const window = asked ?? (last === null ? null : daysUntil(last, USUAL_DAYS, zone))
    if (!window) return null
    const all = {
      start: first_sample_at ? daysUntil(Date.parse(first_sample_at), 1, zone).start : window.start,
      end: last === null ? window.end : daysUntil(last, 1, zone).end,
    }
    return { window, all, onWindow }
  }, [from, to, zone, first_sample_at, last_sample_at, onWindow])
}
