import { useMemo } from 'react'
import type { Night } from '@/api/client'
import { type Column, DataTable } from '@/components/data-table'
import { momentColumn } from '@/components/time/moment-column'
import { clockWords, minutesIn } from './nights'

const minutes = (id: string, title: string, ...stages: string[]): Column<Night> => ({
  id,
  title,
  numeric: true,
  value: (night) => minutesIn(night, ...stages),
  cell: (night) => Math.round(minutesIn(night, ...stages)) || '',
})

const STAGES = [
  minutes('deep', 'Deep, min', 'deep'),
  minutes('light', 'Light, min', 'light'),
  minutes('rem', 'REM, min', 'rem'),
  minutes('awake', 'Awake, min', 'wake', 'awake'),
  minutes('restless', 'Restless, min', 'restless'),
]

const several = (nights: Night[]) => new Set(nights.map((night) => night.participant)).size > 1

const columnsOf = (nights: Night[], zone: string): Column<Night>[] => [
  ...(several(nights)
    ? [{ id: 'who', title: 'Participant', value: (night: Night) => night.participant }]
    : []),
  { id: 'day', title: 'Day', value: ({ day }) => day },
  momentColumn('start', 'From', ({ start }) => start, zone),
  momentColumn('end', 'To', ({ end }) => end, zone),
  {
    id: 'asleep',
    title: 'Asleep',
    numeric: true,
    value: ({ minutes_asleep }) => minutes_asleep,
    cell: ({ minutes_asleep }) => clockWords(minutes_asleep),
  },
  ...STAGES.filter(({ value }) => nights.some((night) => value(night))),
  {
    id: 'kind',
    title: 'Kind',
    value: ({ kind, main }) => `${main ? 'main sleep' : 'nap'}, ${kind}`,
  },
]

/** The nights behind the sleep chart. */
export function NightsTable({ nights, zone }: { nights: Night[]; zone: string }) {
  const columns = useMemo(() => columnsOf(nights, zone), [nights, zone])
  return (
    <DataTable
      caption={`Sleep, times in ${zone}`}
      columns={columns}
      rows={nights}
      rowKey={({ participant, start }) => `${participant} ${start}`}
      rowHeight={34}
    />
  )
}
