import { useCallback, useMemo, useRef } from 'react'
import { Choice } from '@/components/choice'
import { type Column, DataTable } from '@/components/data-table'
import { Panel } from '@/components/panel'
import { Loading, Trouble } from '@/components/states'
import { HourMap, MEASURES, type Measure } from '@/features/participant/hour-map'
import { MonthCalendar } from '@/features/participant/month-calendar'
import { fileAddress } from '@/features/participant/queries'
import { clock, type Day } from '@/features/participant/slots'
import { listOf, listText } from '../search'
import { dayLink } from './day-link'
import { stretchOf, type TabProps } from './tab'
import { useDays } from './use-days'

const NAMES = Object.keys(MEASURES) as Measure[]

const hourly = (measure: Measure): Column<Day>[] => [
  { id: 'day', title: 'Day', value: ({ day }) => day, sticky: true },
  { id: 'reason', title: 'Reason', value: ({ word }) => word },
  ...Array.from({ length: 24 }, (_, hour): Column<Day> => {
    const of = ({ slots }: Day) => {
      const slot = slots[hour]
      if (!slot || slot.mark === 'jumped') return null
      if (measure === 'worn') return slot.mark === 'worn' || slot.mark === 'off' ? slot.worn : null
      return measure === 'steps' ? slot.steps : slot.heart
    }
    return { id: `h${hour}`, title: clock(hour * 60), numeric: true, value: of }
  }),
]

const CALENDAR: Column<Day>[] = [
  { id: 'day', title: 'Day', value: ({ day }) => day },
  { id: 'reason', title: 'Reason', value: ({ word }) => word },
  {
    id: 'worn',
    title: 'Worn, min',
    numeric: true,
    value: ({ judged }) => judged?.worn_minutes ?? null,
  },
  { id: 'steps', title: 'Steps', numeric: true, value: ({ judged }) => judged?.steps ?? null },
  {
    id: 'asleep',
    title: 'Asleep, min',
    numeric: true,
    value: ({ judged }) =>
      judged?.asleep_minutes == null ? null : Math.round(judged.asleep_minutes),
  },
]

/** When a participant wears it: hours by days, and days and nights in a calendar. */
export function WearTab({ participant, search, change, window, now, exports }: TabProps) {
  const stretch = stretchOf(participant, window)
  const { days, error, again } = useDays(participant, stretch, 60, now)
  const measure = NAMES.find((name) => name === search.map) ?? 'worn'
  const columns = useMemo(() => hourly(measure), [measure])
  const link = useMemo(() => dayLink(participant.code), [participant.code])
  const readout = useRef<HTMLOutputElement>(null)
  const calendar = useRef<HTMLOutputElement>(null)
  const onRead = useCallback((words: string) => {
    if (readout.current) readout.current.textContent = words
  }, [])
  const tables = listOf(search.tables)
  const table = (name: string) => ({
    table: tables.includes(name),
    onTable: (shown: boolean) => {
      const rest = tables.filter((each) => each !== name)
      change({ tables: listText(shown ? [...rest, name] : rest) })
    },
  })
  const file = exports ? { csv: fileAddress('wear', stretch, { slot: '60' }) } : {}
  if (error) return <Trouble error={error} onRetry={again} />
  if (!days) return <Loading what="worn hours" rows={2} height={320} />

  return (
    <>
      <Panel
        title={MEASURES[measure].title}
        unit={`times in ${participant.timezone}`}
        readout={readout}
        busy={false}
        {...table('hours')}
        {...file}
      >
        <div className="choices">
          <Choice
            label="What is shown"
            value={measure}
            onChange={(name) => change({ map: name === 'worn' ? undefined : name })}
            options={[
              ['worn', 'Worn'],
              ['steps', 'Steps'],
              ['heart', 'Heart rate'],
            ]}
          />
        </div>
        <HourMap
          days={days}
          measure={measure}
          onOpen={(day) => change({ tab: 'day', day })}
          onRead={onRead}
        />
        {tables.includes('hours') && (
          <DataTable
            caption={`${MEASURES[measure].title}, times in ${participant.timezone}`}
            columns={columns}
            rows={[...days]}
            rowKey={({ day }) => day}
            rowHeight={34}
          />
        )}
      </Panel>
      <Panel title="Days and nights" readout={calendar} busy={false} {...table('calendar')}>
        <MonthCalendar days={days} link={link} />
        {tables.includes('calendar') && (
          <DataTable
            caption="Days and nights"
            columns={CALENDAR}
            rows={[...days]}
            rowKey={({ day }) => day}
            rowHeight={34}
          />
        )}
      </Panel>
    </>
  )
}
