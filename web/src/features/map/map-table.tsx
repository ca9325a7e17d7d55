import { useMemo } from 'react'
import { type Column, DataTable } from '@/components/data-table'
import { civilText } from '@/components/time/zone'
import { type Arranged, dateOf, studyDay } from './arrange'
import { cellAt, type Layer, minutesWords, reasonWords } from './layers'
import type { DayMap } from './queries'

interface Day {
  code: string
  date: string
  studyDay: number | null
  worn: number | null
  asleep: number | null
  word: string
}

/** Every day that the map shows, a line each, in the order of the map. */
export function daysOf(map: DayMap, { lines, columns }: Arranged): Day[] {
  const found: Day[] = []
  for (const line of lines) {
    for (let column = 0; column < columns; column++) {
      const cell = cellAt(map, line.person, column + line.shift)
      if (!cell) continue
      found.push({
        code: line.person.code,
        date: dateOf(map, line, column),
        studyDay: studyDay(map, line, column),
        worn: cell.reason === 'not_due' ? null : cell.worn,
        asleep: cell.asleep,
        word: reasonWords(cell.reason),
      })
    }
  }
  return found
}

const minutes = (value: number | null) => (value === null ? 'not known' : minutesWords(value))

const columnsOf = (layer: Layer): Column<Day>[] => [
  { id: 'code', title: 'Participant', value: ({ code }) => code },
  {
    id: 'day',
    title: 'Day',
    value: ({ date }) => date,
    cell: ({ date }) => civilText(Date.parse(date), 'date'),
  },
  { id: 'study_day', title: 'Study day', numeric: true, value: ({ studyDay: day }) => day },
  {
    id: 'worn',
    title: 'Worn',
    numeric: true,
    value: ({ worn }) => worn,
    cell: ({ worn }) => minutes(worn),
  },
  ...(layer === 'sleep'
    ? [
        {
          id: 'asleep',
          title: 'Asleep',
          numeric: true,
          value: ({ asleep }: Day) => asleep,
          cell: ({ asleep }: Day) => minutes(asleep),
        },
      ]
    : []),
  { id: 'reason', title: 'Reason', value: ({ word }) => word },
]

interface Props {
  map: DayMap
  arranged: Arranged
  layer: Layer
}

/** The map as a table. */
export function MapTable({ map, arranged, layer }: Props) {
  const rows = useMemo(() => daysOf(map, arranged), [map, arranged])
  const columns = useMemo(() => columnsOf(layer), [layer])
  return (
    <DataTable
      caption="Every day on the map"
      columns={columns}
      rows={rows}
      rowKey={({ code, date }) => `${code} ${date}`}
    />
  )
}
