import { MultiSelect, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Metric, ParticipantDetail } from '@/api/client'
import { useNow } from '@/components/now'
import { Empty, Loading, Trouble } from '@/components/states'
import { WindowBar } from '@/components/time/window-bar'
import { WindowKeys } from '@/components/time/window-keys'
import { Freshness } from '@/features/participants/freshness'
import { participantQuery, participantsQuery } from '@/features/participants/queries'
import { Legend } from '@/features/series/legend'
import { RESOLUTIONS, resolutionOf } from '@/features/series/levels'
import { catalogueQuery } from '@/features/series/queries'
import { SeriesPanel } from '@/features/series/series-panel'
import { SleepPanel } from '@/features/sleep/sleep-panel'
import { Page } from './page'
import { changed, listOf, listText } from './search'
import { useShownWindow } from './shown-window'

const route = getRouteApi('/participants/$code')

const FIRST_METRICS = [
  'heart_rate',
  'steps',
  'sleep',
  'hrv_rmssd',
  'spo2',
  'breathing_rate',
  'active_zone_minutes',
]
const MOST_LINES = 8

/** The metrics that can be drawn: all that this participant has, the usual ones first. */
function offered(participant: ParticipantDetail, catalogue: Metric[]): Metric[] {
  // Nights are episodes and counted nowhere; their panel itself says if there are none.
  const held = new Set(['sleep', ...participant.metrics.map(({ metric }) => metric)])
  const rank = ({ name }: Metric) => (FIRST_METRICS.indexOf(name) + 100) % 100
  return catalogue
    .filter(({ name, kind }) => held.has(name) && (kind !== 'episode' || name === 'sleep'))
    .sort((a, b) => rank(a) - rank(b))
}

function Charts({ participant, catalogue }: ChartsProps) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const zone = participant.timezone
  const roster = useQuery(participantsQuery(participant.study))
  const shown = useShownWindow(search, zone, participant, (texts, how) =>
    navigate({ search: (current) => changed(current, texts), ...how }),
  )
  const change = (changes: Partial<Record<keyof typeof search, string | undefined>>) =>
    navigate({ search: (current) => changed(current, changes), replace: true })

  const metrics = useMemo(() => offered(participant, catalogue), [participant, catalogue])
  const wanted = listOf(search.metrics)
  const usual = metrics.filter(({ name }) => FIRST_METRICS.includes(name))
  const drawn = metrics.filter(({ name }) =>
    wanted.length > 0
      ? wanted.includes(name)
      : usual.length === 0 || usual.some((m) => m.name === name),
  )
  const others = useMemo(
    () => listOf(search.with).filter((code) => code !== participant.code),
    [search.with, participant.code],
  )
  const codes = useMemo(() => [participant.code, ...others], [participant.code, others])
  const tables = listOf(search.tables)
  if (!shown) return <Empty title="No data yet">Nothing has come from this participant.</Empty>

  const { window, all, onWindow } = shown
  const frame = { participants: codes, study: participant.study, window, zone, onZoom: onWindow }
  const table = (name: string) => ({
    table: tables.includes(name),
    onTable: (yes: boolean) => {
      const rest = tables.filter((each) => each !== name)
      change({ tables: listText(yes ? [...rest, name] : rest) })
    },
  })
  return (
    <>
      <WindowBar window={window} zone={zone} all={all} onWindow={onWindow} />
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
        {drawn.map((metric) =>
          metric.name === 'sleep' ? (
            <SleepPanel key={metric.name} {...frame} {...table(metric.name)} />
          ) : (
            <SeriesPanel
              key={metric.name}
              metric={metric}
              resolution={resolutionOf(search.level)}
              height={metric.name === 'heart_rate' ? 230 : 150}
              {...frame}
              {...table(metric.name)}
            />
          ),
        )}
      </WindowKeys>
    </>
  )
}

interface ChartsProps {
  participant: ParticipantDetail
  catalogue: Metric[]
}

/** One participant over time. */
export function ParticipantPage() {
  const { code } = route.useParams()
  const { study } = route.useSearch()
  const now = useNow()
  const participant = useQuery(participantQuery(code, study))
  const catalogue = useQuery(catalogueQuery)
  const failed = participant.error ?? catalogue.error
  const retry = participant.error ? participant.refetch : catalogue.refetch

  return (
    <Page
      title={code}
      about={
        participant.data && (
          <>
            {participant.data.study} · <Freshness participant={participant.data} now={now} />
          </>
        )
      }
    >
      {failed && <Trouble error={failed} onRetry={retry} />}
      {!failed && !(participant.data && catalogue.data) && (
        <Loading what={code} rows={3} height={200} />
      )}
      {participant.data && catalogue.data && (
        <Charts participant={participant.data} catalogue={catalogue.data} />
      )}
    </Page>
  )
}
