import './hour-map.css'
import { type KeyboardEvent, useRef, useState } from 'react'
import { Swatch } from '@/components/chart/patterns'
import { civilText } from '@/components/time/zone'
import { clock, type Day, MARK_WORDS, quantile, type Slot } from './slots'

export type Measure = 'worn' | 'steps' | 'heart'

export const MEASURES: Record<Measure, { title: string; unit: string }> = {
  worn: { title: 'Worn by hour', unit: 'min' },
  steps: { title: 'Steps by hour', unit: 'steps' },
  heart: { title: 'Heart rate by hour', unit: 'per min' },
}

const [LOWEST, HIGHEST] = [40, 140]
const FILLS = { off: 'hatched', pending: 'dotted', gone: 'crossed', jumped: 'crossed' } as const
const PALEST = 8

const figureOf = (slot: Slot, measure: Measure): number | null =>
  measure === 'worn' ? slot.worn || null : measure === 'steps' ? slot.steps : slot.heart

function shareOf(value: number, measure: Measure, most: number): number {
  if (measure === 'heart') return (value - LOWEST) / (HIGHEST - LOWEST)
  return measure === 'worn' ? value / 60 : value / most
}

const dateWords = (day: string) => civilText(Date.parse(day), 'weekday')

/** What a cell says. */
export function cellWords(day: Day, slot: Slot, measure: Measure): string {
  const value = figureOf(slot, measure)
  const { unit } = MEASURES[measure]
  const told = value === null ? MARK_WORDS[slot.mark] : `${Math.round(value)} ${unit}`
  const twice = slot.lasts > 60 ? ', shown twice by the clock' : ''
  return `${dateWords(day.day)}, ${clock(slot.minute)}: ${told}${twice}`
}

interface Props {
  days: readonly Day[]
  measure: Measure
  onOpen: (day: string) => void
  onRead: (words: string) => void
}

/** A row a day, a column an hour. Arrows move, Enter opens the day. */
export function HourMap({ days, measure, onOpen, onRead }: Props) {
  const [place, setPlace] = useState<[number, number]>([days.length - 1, 0])
  const body = useRef<HTMLTableSectionElement>(null)
  const steps = days
    .flatMap(({ slots }) => slots.map((slot) => slot.steps ?? 0))
    .filter((value) => value > 0)
    .sort((a, b) => a - b)
  const most = quantile(steps, 0.95) ?? 1

  const onKey = (event: KeyboardEvent) => {
    const [row, hour] = place
    const last = days.length - 1
    const moves: Record<string, [number, number]> = {
      ArrowUp: [Math.max(row - 1, 0), hour],
      ArrowDown: [Math.min(row + 1, last), hour],
      ArrowLeft: [row, Math.max(hour - 1, 0)],
      ArrowRight: [row, Math.min(hour + 1, 23)],
      Home: [row, 0],
      End: [row, 23],
      PageUp: [Math.max(row - 7, 0), hour],
      PageDown: [Math.min(row + 7, last), hour],
    }
    const next = moves[event.key]
    if (event.key === 'Enter') onOpen(days[row]?.day ?? '')
    if (!next) return
    event.preventDefault()
    setPlace(next)
    const line = body.current?.querySelectorAll('tr')[next[0]]
    const cell = line?.querySelectorAll('td')[next[1]]
    cell?.focus()
  }

  return (
    <div className="hour-map">
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table that is walked */}
      <table role="grid" aria-label={`${MEASURES[measure].title}, a row a day. Enter opens a day.`}>
        <thead>
          <tr>
            <th scope="col">
              <span className="for-screen-readers">Day</span>
            </th>
            {Array.from({ length: 24 }, (_, hour) => (
              <th key={clock(hour * 60)} scope="col">
                <span aria-hidden="true">{hour % 3 === 0 ? hour : ''}</span>
                <span className="for-screen-readers">{clock(hour * 60)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={onKey}>
          {days.map((day, row) => (
            <tr key={day.day}>
              <th scope="row">
                {dateWords(day.day)}
                {day.away && <abbr title="recorded on another clock than at home"> ✈</abbr>}
              </th>
              {day.slots.map((slot, hour) => {
                const value = figureOf(slot, measure)
                const here = place[0] === row && place[1] === hour
                const share =
                  value === null ? 0 : Math.min(Math.max(shareOf(value, measure, most), 0), 1)
                const fill = slot.mark in FILLS ? FILLS[slot.mark as keyof typeof FILLS] : ''
                const words = cellWords(day, slot, measure)
                return (
                  // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the grid
                  <td
                    key={clock(slot.minute)}
                    // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: see above
                    role="gridcell"
                    tabIndex={here ? 0 : -1}
                    className={value === null ? fill : slot.lasts > 60 ? 'twice' : ''}
                    style={
                      value === null
                        ? undefined
                        : {
                            backgroundColor: `color-mix(in srgb, var(--heat) ${Math.round(
                              PALEST + (100 - PALEST) * share,
                            )}%, var(--surface))`,
                          }
                    }
                    aria-label={words}
                    onFocus={() => onRead(words)}
                    onPointerEnter={() => onRead(words)}
                    onClick={() => onOpen(day.day)}
                  />
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <ul className="swatches" aria-label="Key">
        <li>
          <span className="swatch heat-ramp" aria-hidden="true" />{' '}
          {measure === 'worn' && '1 to 60 min worn'}
          {measure === 'steps' && `0 to ${Math.round(most).toLocaleString('en')} steps and more`}
          {measure === 'heart' && `${LOWEST} to ${HIGHEST} per min`}
        </li>
        <Swatch name="hatched" word="not worn" />
        <Swatch name="dotted" word="not synced yet" />
        <Swatch name="crossed" word="no data, or an hour that the clock jumped over" />
        <Swatch name="" word="not due, or still to come" />
      </ul>
    </div>
  )
}
