import { MultiSelect, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Metric, ParticipantDetail } from '@/api/client'
import { Panel } from '@/components/panel'
import { Loading, Trouble } from '@/components/states'
import { WindowKeys } from '@/components/time/window-keys'
import { DayStrip } from '@/features/participant/day-strip'
import { fileAddress } from '@/features/participant/queries'
import { participantsQuery } from '@/features/participants/queries'
import { imputedOf } from '@/features/series/imputed'
import { Legend } from '@/features/series/legend'
import { RESOLUTIONS, resolutionOf } from '@/features/series/levels'
import { SeriesPanel } from '@/features/series/series-panel'
import { SleepPanel } from '@/features/sleep/sleep-panel'
import { listOf, listText } from '../search'
import { dayLink } from './day-link'
import { ImputedPanel } from './imputed-panel'
import { BatteryPanel, EfficiencyPanel } from './lines'
import { stretchOf, type TabProps } from './tab'
import { useDays } from './use-days'

const FIRST_METRICS = [
  'heart_rate',
  'steps',
  'sleep',
  'sleep_efficiency',
  'resting_heart_rate',
  'hrv_rmssd',
  'daily_hrv_rmssd',
  'spo2',
  'daily_spo2',
  'breathing_rate',
  'active_zone_minutes',
  'heart_rate_zone_fat_burn',
  'heart_rate_zone_cardio',
  'heart_rate_zone_peak',
  'battery',
]
const MOST_LINES = 8
const MOST_DAYS = 60

/** What has a panel of its own: the metrics there are, and what is made of nights and devices. */
function offered(participant: ParticipantDetail, catalogue: Metric[]) {
  // Nights are episodes and counted nowhere; their panel itself says if there are none.
  const held = new Set(['sleep', ...participant.metrics.map(({ metric }) => metric)])
  const rank = ({ name }: { name: string }) => (FIRST_METRICS.indexOf(name) + 100) % 100
  const known = catalogue
    .filter(({ name, kind }) => held.has(name) && (kind !== 'episode' || name === 'sleep'))
    .map((metric): Offered => ({ name: metric.name, title: metric.title, metric }))
  const made: Offered[] = [
    { name: 'sleep_efficiency', title: 'Sleep efficiency', metric: null },
    { name: 'battery', title: 'Battery', metric: null },
  ]
  return [...known, ...made].sort((a, b) => rank(a) - rank(b))
}

interface Offered {
  name: string
  title: string
  metric: Metric | null
}

function Days({ participant, window, now }: TabProps) {
  const stretch = stretchOf(participant, window, MOST_DAYS)
  const { days, error, again } = useDays(participant, stretch, 60, now)
  const link = useMemo(() => dayLink(participant.code), [participant.code])
  if (error) return <Trouble error={error} onRetry={again} />
  return (
    <Panel title="Days" unit="how long it was worn, and why" readout={NOTHING} busy={!days}>
      {days ? <DayStrip days={days} link={link} /> : <Loading what="days" height={96} />}
    </Panel>
  )
}

const NOTHING = { current: null }

/** Everything that was measured over the window, a panel each. */
export function OverviewTab(props: TabProps) {
  const { participant, catalogue, search, change, window, onWindow, exports } = props
  const zone = participant.timezone
  const roster = useQuery(participantsQuery(participant.study))
  const metrics = useMemo(() => offered(participant, catalogue), [participant, catalogue])
  const wanted = listOf(search.metrics)
  const usual = metrics.filter(({ name }) => FIRST_METRICS.includes(name))
  const drawn = metrics.filter(({ name }) =>
    wanted.length > 0 ? wanted.includes(name) : usual.some((each) => each.name === name),
  )
  const others = useMemo(
    () => listOf(search.with).filter((code) => code !== participant.code),
    [search.with, participant.code],
  )
  const codes = useMemo(() => [participant.code, ...others], [participant.code, others])
  const tables = listOf(search.tables)
  const imputed = imputedOf(search.imputed)
  const frame = { participants: codes, study: participant.study, window, zone, onZoom: onWindow }
  const table = (name: string) => ({
    table: tables.includes(name),
    onTable: (yes: boolean) => {
      const rest = tables.filter((each) => each !== name)
      change({ tables: listText(yes ? [...rest, name] : rest) })
    },
  })
  const nights = { csv: fileAddress('rhythm', stretchOf(participant, window, 100)) }

  return (
    <>
      <Days {...props} />
      <div className="filters">
        <MultiSelect
          label="Metrics"
          data={metrics.map(({ name, title }) => ({ value: name, label: title }))}
          value={drawn.map(({ name }) => name)}
          onChange={(names) => change({ metrics: listText(names) })}
          searchable
          className="grows"
        />
        <MultiSelect
          label="Compare with"
          placeholder={others.length === 0 ? 'Add a participant' : ''}
          data={(roster.data ?? [])
            .map(({ code }) => code)
            .filter((code) => code !== participant.code)}
          value={others}
          onChange={(names) => change({ with: listText(names) })}
          maxValues={MOST_LINES - 1}
          limit={50}
          searchable
          clearable
        />
        <NativeSelect
          label="Level"
          value={resolutionOf(search.level)}
          data={RESOLUTIONS.map(([value, label]) => ({ value, label }))}
          onChange={({ currentTarget: { value } }) =>
            change({ level: value === 'auto' ? undefined : value })
          }
        />
      </div>
      {codes.length > 1 && <Legend names={codes} />}
      <WindowKeys window={window} zone={zone} onWindow={onWindow}>
        {drawn.map(({ name, metric }) => {
          if (name === 'sleep_efficiency')
            return <EfficiencyPanel key={name} {...props} {...table(name)} />
          if (name === 'battery') return <BatteryPanel key={name} {...props} {...table(name)} />
          if (name === 'sleep' || !metric)
            return (
              <SleepPanel key={name} {...frame} {...table(name)} {...(exports ? nights : {})} />
            )
          const Drawn = imputed === 'exclude' ? SeriesPanel : ImputedPanel
          return (
            <Drawn
              key={name}
              metric={metric}
              imputed={imputed}
              resolution={resolutionOf(search.level)}
              height={name === 'heart_rate' ? 230 : 150}
              exports={exports}
              {...frame}
              {...table(name)}
            />
          )
        })}
      </WindowKeys>
    </>
  )
}
