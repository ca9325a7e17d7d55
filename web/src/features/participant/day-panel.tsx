import { type ReactNode, useMemo, useRef } from 'react'
import type { Night } from '@/api/client'
import type { Span } from '@/components/chart/lane-chart'
import { Swatch } from '@/components/chart/patterns'
import { type Column, DataTable } from '@/components/data-table'
import { Panel } from '@/components/panel'
import { type Figures, type Quarter, quartersOf } from './day'
import { DayView } from './day-view'
import { fileAddress, type Stretch } from './queries'
import { type Day, offsetWords } from './slots'

interface Props {
  title: string
  word: string
  about: Day | undefined
  hours: number
  figures: Figures
  zone: string
  sleep: { lanes: readonly string[]; spans: readonly Span[] }
  stageAt: (nights: readonly Night[], at: number) => string
  table: boolean
  onTable: (shown: boolean) => void
  exports: boolean
  stretch: Stretch
  /** What is measured and what is imputed, where imputed values are drawn. */
  legend: ReactNode
}

const shown = (value: number | null) =>
  value === null ? '' : Math.round(value).toLocaleString('en')

const COLUMNS: Column<Quarter>[] = [
  { id: 'clock', title: 'Clock', value: ({ clock }) => clock },
  {
    id: 'heart',
    title: 'Heart rate',
    numeric: true,
    value: (r) => r.heart,
    cell: (r) => shown(r.heart),
  },
  { id: 'low', title: 'Lowest', numeric: true, value: (r) => r.low, cell: (r) => shown(r.low) },
  { id: 'high', title: 'Highest', numeric: true, value: (r) => r.high, cell: (r) => shown(r.high) },
  {
    id: 'steps',
    title: 'Steps',
    numeric: true,
    value: (r) => r.steps,
    cell: (r) => shown(r.steps),
  },
  { id: 'worn', title: 'Worn, min', numeric: true, value: (r) => r.worn },
  { id: 'sleep', title: 'Sleep', value: ({ sleep }) => sleep },
]

const IMPUTED: Column<Quarter>[] = [
  {
    id: 'filled',
    title: 'Heart rate, imputed',
    numeric: true,
    value: (r) => r.filled,
    cell: (r) => shown(r.filled),
  },
  { id: 'minutes', title: 'Imputed, min', numeric: true, value: (r) => r.filledMinutes },
  {
    id: 'more',
    title: 'Steps, imputed',
    numeric: true,
    value: (r) => r.filledSteps,
    cell: (r) => shown(r.filledSteps),
  },
]

/** What is unusual about the day's clock. */
export function clockNotes(hours: number, about: Day | undefined): string[] {
  const notes: string[] = []
  if (hours !== 24) notes.push(`${hours} hours: the clocks go ${hours > 24 ? 'back' : 'forward'}`)
  if (about?.away && about.offset !== null) {
    notes.push(`recorded at ${offsetWords(about.offset)}, home is ${offsetWords(about.home)}`)
  }
  return notes
}

/** A day with its lanes, what is unusual about it, and the same as a table. */
export function DayFigures(props: Props) {
  const { title, word, about, hours, figures, zone, sleep, stageAt, table, onTable } = props
  const readout = useRef<HTMLOutputElement>(null)
  const rows = useMemo(
    () => (table ? quartersOf(figures, zone, stageAt) : []),
    [table, figures, zone, stageAt],
  )
  const file = props.exports ? { csv: fileAddress('wear', props.stretch, { slot: '15' }) } : {}
  const notes = [`Times in ${zone}`, ...clockNotes(hours, about)]
  return (
    <Panel
      title={title}
      unit={word}
      readout={readout}
      table={table}
      onTable={onTable}
      busy={false}
      {...file}
    >
      <p className="note">{notes.join(' · ')}</p>
      <DayView figures={figures} zone={zone} sleep={sleep} stageAt={stageAt} />
      <ul className="swatches" aria-label="Key">
        <Swatch name="worn" word="worn" />
        <Swatch name="hatched" word="not worn" />
        <Swatch name="dotted" word="not synced yet" />
        <Swatch name="crossed" word="no data" />
        <li>band: lowest to highest of each minute; red tips: beyond 40 to 180</li>
      </ul>
      {props.legend}
      {table && (
        <DataTable
          caption={`${title} by quarters of an hour, times in ${zone}`}
          columns={props.legend ? [...COLUMNS, ...IMPUTED] : COLUMNS}
          rows={rows}
          rowKey={({ at }) => String(at)}
          rowHeight={34}
        />
      )}
    </Panel>
  )
}
