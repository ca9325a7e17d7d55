import './compare.css'
import { type ReactNode, useMemo, useRef, useState } from 'react'
import { pointAt } from '@/components/chart/tracks'
import { useWidth } from '@/components/chart/width'
import { Panel } from '@/components/panel'
import { DAY, type TimeWindow } from '@/components/time/window'
import { civilText, momentText } from '@/components/time/zone'
import { LineFigure } from './line-figure'
import { type Align, groupsOf, imputedCount, type Line, rangeOf, ticksFor } from './lines'

interface Props {
  title: string
  metric: string
  unit: string
  badge: string
  shape: 'line' | 'bars'
  lines: readonly Line[]
  view: 'overlay' | 'multiples'
  align: Align
  window: TimeWindow
  zone: string
  /** A name that leads to the participant. */
  link: (code: string) => ReactNode
  csv?: string
  table: boolean
  onTable: (shown: boolean) => void
  busy: boolean
  children?: ReactNode
}

const STEPS = 500
const [NARROWEST, GAP] = [260, 16]

const whole = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 1 })

/** An instant, or a time since the first day, in words. */
export function timeWords(at: number, align: Align, zone: string): string {
  if (align === 'calendar') return momentText(at, zone)
  const day = Math.floor(at / DAY)
  return `day ${day + 1}, ${civilText(at - day * DAY, 'minute')}`
}

/** What a line reads at an instant: measured, and what was imputed there. */
function readAt({ track, imputed }: Line, at: number): string {
  const [i, j] = [pointAt(track, at, 0), imputed && pointAt(imputed, at, 0)]
  const value = i === null ? null : track.values[i]
  const filled = j !== null && imputed?.imputed?.own[j] ? imputed.values[j] : null
  const words = [
    ...(value == null ? [] : [whole(value)]),
    ...(filled == null ? [] : [`${whole(filled)} with imputed`]),
  ]
  return words.join(', ') || '–'
}

const pointsOf = (line: Line): string => {
  const [points, filled] = [
    line.track.values.filter((value) => value !== null).length,
    imputedCount(line),
  ]
  return `${points} points${filled > 0 ? `, ${filled} with imputed` : ''}`
}

/** Many participants on the same scales: over one another, or side by side. */
export function ComparePanel(props: Props) {
  const { title, metric, unit, badge, shape, lines, view, align, window, zone, link } = props
  const readout = useRef<HTMLOutputElement>(null)
  const [place, width] = useWidth()
  const [at, setAt] = useState<number | null>(null)
  const range = useMemo(() => rangeOf(metric, shape === 'bars', lines), [metric, shape, lines])
  const length = window.end - window.start
  const columns = Math.max(1, Math.floor((width + GAP) / (NARROWEST + GAP)))
  const each = view === 'overlay' ? width : Math.floor((width - (columns - 1) * GAP) / columns)
  const ticks = ticksFor(align, window, zone, Math.max(2, Math.floor(each / 90)))
  const told = lines.map((line) => `${line.code} ${at === null ? '–' : readAt(line, at)}`)
  const shared = { window, range, ticks, at, onCursor: setAt } as const
  const spoken = at === null ? 'no time' : `${timeWords(at, align, zone)}: ${told.join(', ')}`

  return (
    <Panel
      title={title}
      unit={unit}
      badge={badge}
      readout={readout}
      table={props.table}
      onTable={props.onTable}
      busy={props.busy}
      {...(props.csv ? { csv: props.csv } : {})}
    >
      <div className="compare-cursor">
        <input
          type="range"
          min={0}
          max={STEPS}
          aria-label="Time of the cursor"
          aria-valuetext={spoken}
          value={at === null ? 0 : Math.round(((at - window.start) / length) * STEPS)}
          onChange={({ currentTarget: { value } }) =>
            setAt(window.start + (Number(value) / STEPS) * Math.max(length - 1, 1))
          }
        />
        <output aria-live="off">
          {at === null ? (
            'Point at a chart, or move the slider, to read it.'
          ) : (
            <>
              <b>{timeWords(at, align, zone)}</b> {told.join(' · ')}
            </>
          )}
        </output>
      </div>
      <div ref={place}>
        {view === 'overlay' && (
          <LineFigure
            {...shared}
            lines={lines}
            shape="line"
            width={width}
            height={340}
            label={`${title} of ${lines.map(({ code }) => code).join(', ')}.`}
          />
        )}
        {view === 'multiples' &&
          groupsOf(lines).map(([group, own]) => (
            <section key={group ?? ''} aria-label={group ?? 'All'}>
              {group !== null && (
                <h3 className="compare-group">
                  {group} <small>{own.length === 1 ? '1 person' : `${own.length} people`}</small>
                </h3>
              )}
              <ul className="compare-multiples">
                {own.map((line) => (
                  <li key={line.code} style={{ width: each }}>
                    {link(line.code)}
                    <LineFigure
                      {...shared}
                      lines={[line]}
                      shape={shape}
                      width={each}
                      height={120}
                      label={`${title} of ${line.code}, ${pointsOf(line)}.`}
                    />
                  </li>
                ))}
              </ul>
            </section>
          ))}
      </div>
      <p className="note">
        {align === 'study'
          ? 'Days in the study, each on the participant’s own clock.'
          : `Times in ${zone}.`}{' '}
        The same scale for everybody, {whole(range[0])} to {whole(range[1])} {unit}; red tips lie
        beyond it. Gaps are gaps.
      </p>
      {props.children}
    </Panel>
  )
}
