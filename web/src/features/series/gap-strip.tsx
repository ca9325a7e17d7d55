import { useMemo, useState } from 'react'
import { SIDE_PX } from '@/components/chart/frame'
import { Patterns } from '@/components/chart/patterns'
import { useWidth } from '@/components/chart/width'
import type { TimeWindow } from '@/components/time/window'
import { lasting } from '@/components/time/words'
import { momentText } from '@/components/time/zone'

/** A stretch in which nothing was measured: filled, or why not. */
export interface GapMark {
  participant: string
  start: number
  end: number
  filled: boolean
  /** What became of it, such as "not filled: longer than 24 h". */
  words: string
}

const END_PX = 20

/** A gap in a sentence. */
export const gapWords = (gap: GapMark, zone: string): string =>
  `${gap.participant}, ${momentText(gap.start, zone)} to ${momentText(gap.end, zone)} (${lasting(
    gap.end - gap.start,
  )}): ${gap.words}`

interface Props {
  gaps: readonly GapMark[]
  window: TimeWindow
  zone: string
  title: string
}

/** Where nothing was measured, under the time of the chart; read by pointing or with the slider. */
export function GapStrip({ gaps, window, zone, title }: Props) {
  const [place, width] = useWidth()
  const [at, setAt] = useState<number | null>(null)
  const inside = Math.max(width - SIDE_PX - END_PX, 40)
  const x = (time: number) =>
    SIDE_PX +
    ((Math.min(Math.max(time, window.start), window.end) - window.start) /
      (window.end - window.start)) *
      inside
  const sorted = useMemo(() => gaps.toSorted((a, b) => a.start - b.start), [gaps])
  const chosen = at === null ? undefined : sorted[Math.min(at, sorted.length - 1)]
  const refused = sorted.filter(({ filled }) => !filled).length
  const id = `gaps-${title.replace(/\W+/g, '-')}`
  const words = chosen ? gapWords(chosen, zone) : ''

  const point = (clientX: number, left: number) => {
    const time = window.start + ((clientX - left - SIDE_PX) / inside) * (window.end - window.start)
    const found = sorted.findLastIndex(({ start, end }) => time >= start && time < end)
    if (found >= 0) setAt(found)
  }
  return (
    <div className="gap-strip" ref={place}>
      <svg
        aria-hidden="true"
        onPointerMove={({ clientX, currentTarget }) =>
          point(clientX, currentTarget.getBoundingClientRect().left)
        }
      >
        <Patterns prefix={id} />
        <rect className="ground" x={SIDE_PX} y="2" width={inside} height="10" />
        {sorted.map((gap) => {
          const box = {
            x: x(gap.start),
            y: 2,
            width: Math.max(x(gap.end) - x(gap.start), 1),
            height: 10,
          }
          const key = `${gap.participant} ${gap.start} ${gap.words}`
          return gap.filled ? (
            <rect key={key} {...box} fill={`url(#${id}-dotted)`} />
          ) : (
            <rect key={key} {...box} className="refused" />
          )
        })}
        {chosen && (
          <rect
            className="chosen"
            x={x(chosen.start) - 1}
            y="1"
            width={Math.max(x(chosen.end) - x(chosen.start), 1) + 2}
            height="12"
          />
        )}
      </svg>
      <label>
        <span>
          {sorted.length === 1 ? '1 gap' : `${sorted.length.toLocaleString('en')} gaps`}:{' '}
          {(sorted.length - refused).toLocaleString('en')} filled (dotted),{' '}
          {refused.toLocaleString('en')} not (solid)
        </span>
        <input
          type="range"
          aria-label={`Gaps of ${title}`}
          min={0}
          max={Math.max(sorted.length - 1, 0)}
          step={1}
          value={at ?? 0}
          aria-valuetext={words || 'none chosen'}
          onFocus={() => setAt((now) => now ?? 0)}
          onChange={({ currentTarget: { value } }) => setAt(Number(value))}
        />
        <output>{words || 'Point at a gap, or move the slider, to read why.'}</output>
      </label>
    </div>
  )
}
