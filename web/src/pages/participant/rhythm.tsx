import { useQuery } from '@tanstack/react-query'
import { useCallback, useRef } from 'react'
import type { Slept } from '@/api/client'
import { Choice } from '@/components/choice'
import { type Column, DataTable } from '@/components/data-table'
import { Panel } from '@/components/panel'
import { Loading, Trouble } from '@/components/states'
import { momentColumn } from '@/components/time/moment-column'
import { Actogram, type Ink } from '@/features/participant/actogram'
import { Profile } from '@/features/participant/profile'
import { fileAddress, rhythmQuery } from '@/features/participant/queries'
import { Regularity } from '@/features/participant/regularity'
import { clock, type Day, profileOf } from '@/features/participant/slots'
import { listOf, listText } from '../search'
import { stretchOf, type TabProps } from './tab'
import { useDays } from './use-days'

const SLOT = 10
const MOST_DAYS = 100

type Row = ReturnType<typeof profileOf>[number]

const figure = (id: 'low' | 'median' | 'high', title: string): Column<Row> => ({
  id,
  title,
  numeric: true,
  value: (row) => (row[id] === null ? null : Math.round(row[id])),
})

const PROFILE: Column<Row>[] = [
  { id: 'clock', title: 'Clock', value: ({ minute }) => clock(minute) },
  figure('low', 'Lower quartile'),
  figure('median', 'Median'),
  figure('high', 'Upper quartile'),
  { id: 'days', title: 'Days', numeric: true, value: ({ days }) => days },
]

const daily = (nights: readonly Slept[]): Column<Day>[] => {
  const slept = new Map(nights.map((night) => [night.day, night]))
  const at = (day: string, edge: 'start' | 'end') => {
    const night = slept.get(day)
    if (!night) return ''
    const civil = Date.parse(night[edge]) / 60_000 + night.offset_minutes
    return clock(civil)
  }
  const steps = ({ slots }: Day) => {
    const told = slots.flatMap((slot) => slot.steps ?? [])
    return told.length ? told.reduce((sum, value) => sum + value, 0) : null
  }
  return [
    { id: 'day', title: 'Day', value: ({ day }) => day },
    {
      id: 'worn',
      title: 'Worn, min',
      numeric: true,
      value: ({ slots }) => slots.reduce((sum, { worn }) => sum + worn, 0),
    },
    { id: 'steps', title: 'Steps', numeric: true, value: steps },
    { id: 'asleep', title: 'Slept from', value: ({ day }) => at(day, 'start') },
    { id: 'awake', title: 'to', value: ({ day }) => at(day, 'end') },
    { id: 'reason', title: 'Reason', value: ({ word }) => word },
  ]
}

const nightly = (zone: string): Column<Slept>[] => [
  { id: 'day', title: 'Night to', value: ({ day }) => day },
  momentColumn('start', 'From', ({ start }) => start, zone),
  momentColumn('end', 'To', ({ end }) => end, zone),
  {
    id: 'middle',
    title: 'Mid-sleep',
    value: ({ midpoint }) => midpoint,
    cell: ({ midpoint }) => clock(midpoint),
  },
  {
    id: 'asleep',
    title: 'Asleep, min',
    numeric: true,
    value: ({ asleep_minutes }) => (asleep_minutes === null ? null : Math.round(asleep_minutes)),
  },
  {
    id: 'efficiency',
    title: 'Efficiency, %',
    numeric: true,
    value: ({ efficiency }) => (efficiency === null ? null : Math.round(efficiency)),
  },
  { id: 'kind', title: 'Kind', value: ({ kind }) => kind },
]

/** When a participant moves and sleeps: the actogram, the usual day, how regular sleep is. */
export function RhythmTab({ participant, search, change, window, now, exports }: TabProps) {
  const zone = participant.timezone
  const stretch = stretchOf(participant, window, MOST_DAYS)
  const { days, error, again } = useDays(participant, stretch, SLOT, now)
  const rhythm = useQuery(rhythmQuery(stretch))
  const readout = useRef<HTMLOutputElement>(null)
  const quiet = useRef<HTMLOutputElement>(null)
  const onRead = useCallback((words: string) => {
    if (readout.current) readout.current.textContent = words
  }, [])
  const ink: Ink = search.ink === 'heart' ? 'heart' : 'steps'
  const tables = listOf(search.tables)
  const table = (name: string) => ({
    table: tables.includes(name),
    onTable: (shown: boolean) => {
      const rest = tables.filter((each) => each !== name)
      change({ tables: listText(shown ? [...rest, name] : rest) })
    },
  })
  const slots = exports ? { csv: fileAddress('wear', stretch, { slot: String(SLOT) }) } : {}
  const nights = exports ? { csv: fileAddress('rhythm', stretch) } : {}
  const failed = error ?? rhythm.error
  const retry = () => {
    again()
    rhythm.refetch()
  }
  if (failed) return <Trouble error={failed} onRetry={retry} />
  if (!days || !rhythm.data) return <Loading what="the rhythm of days" rows={2} height={320} />
  const unit = ink === 'steps' ? 'steps' : 'heart rate'

  return (
    <>
      <div className="choices">
        <Choice
          label="Measure"
          value={ink}
          onChange={(name) => change({ ink: name === 'steps' ? undefined : name })}
          options={[
            ['steps', 'Steps'],
            ['heart', 'Heart rate'],
          ]}
        />
        <Choice
          label="Days on a row of the actogram"
          value={search.plot === 'single' ? 'single' : 'double'}
          onChange={(name) => change({ plot: name === 'double' ? undefined : name })}
          options={[
            ['double', '48 hours a row'],
            ['single', '24 hours'],
          ]}
        />
        <Choice
          label="Where a row of the actogram begins"
          value={search.begin === 'noon' ? 'noon' : 'midnight'}
          onChange={(name) => change({ begin: name === 'midnight' ? undefined : name })}
          options={[
            ['midnight', 'From midnight'],
            ['noon', 'From noon'],
          ]}
        />
      </div>
      <Panel
        title="Actogram"
        unit={`${unit}, times in ${zone}`}
        readout={quiet}
        busy={false}
        {...table('actogram')}
        {...slots}
      >
        <Actogram
          days={days}
          nights={rhythm.data.nights}
          ink={ink}
          double={search.plot !== 'single'}
          noon={search.begin === 'noon'}
        />
        {tables.includes('actogram') && (
          <DataTable
            caption={`Actogram, times in ${zone}`}
            columns={daily(rhythm.data.nights)}
            rows={[...days]}
            rowKey={({ day }) => day}
            rowHeight={34}
          />
        )}
      </Panel>
      <Panel
        title="Usual day"
        unit={`${unit} by clock time, ${days.length} days`}
        readout={readout}
        busy={false}
        {...table('profile')}
        {...slots}
      >
        <Profile days={days} of={ink} onRead={onRead} />
        {tables.includes('profile') && (
          <DataTable
            caption={`Usual day, ${unit} in slots of ${SLOT} min`}
            columns={PROFILE}
            rows={profileOf(days, ink)}
            rowKey={({ minute }) => String(minute)}
            rowHeight={34}
          />
        )}
      </Panel>
      <Panel
        title="Sleep regularity"
        unit={`times in ${zone}`}
        readout={quiet}
        busy={false}
        {...table('nights')}
        {...nights}
      >
        <Regularity rhythm={rhythm.data} />
        {tables.includes('nights') && (
          <DataTable
            caption={`Main sleeps, times in ${zone}`}
            columns={nightly(zone)}
            rows={rhythm.data.nights}
            rowKey={({ day }) => day}
            rowHeight={34}
          />
        )}
      </Panel>
    </>
  )
}
