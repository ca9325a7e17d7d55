import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useCallback, useMemo, useRef } from 'react'
import type { Night } from '@/api/client'
import { pointAt } from '@/components/chart/tracks'
import { Panel } from '@/components/panel'
import { Loading, Trouble } from '@/components/states'
import { DAY, type TimeWindow, windowWords } from '@/components/time/window'
import { clockWords, hoursOf, someClassic, stageAt, stagesOf } from './nights'
import { NightsTable } from './nights-table'
import { sleepQuery } from './queries'

const LaneChart = lazy(async () => ({
  default: (await import('@/components/chart/lane-chart')).LaneChart,
}))
const TimeChart = lazy(async () => ({
  default: (await import('@/components/chart/time-chart')).TimeChart,
}))

const MOST_DAYS_OF_STAGES = 16

interface Props {
  participants: readonly string[]
  study: string
  window: TimeWindow
  zone: string
  table: boolean
  onTable: (shown: boolean) => void
  onZoom: (window: TimeWindow) => void
  csv?: string
}

type ChartProps = Pick<Props, 'window' | 'zone' | 'onZoom'> & {
  nights: readonly Night[]
  name: string
  onCursor: (at: number | null) => void
}

function Stages({ nights, name, ...frame }: ChartProps) {
  const { lanes, spans } = useMemo(() => stagesOf(nights), [nights])
  const asleep = nights.map((night) => `${night.day} ${clockWords(night.minutes_asleep)}`)
  const label = `Sleep stages of ${name}. Asleep: ${asleep.join(', ')}.`
  return (
    <>
      <LaneChart lanes={lanes} spans={spans} label={label} {...frame} />
      {someClassic(nights) && (
        <p className="note">* classic nights: the device told only asleep, restless and awake.</p>
      )}
    </>
  )
}

/** Sleep over the window: stages while they can be seen, hours per night beyond. */
export function SleepPanel(props: Props) {
  const { participants, study, window, zone, table, onTable, onZoom, csv } = props
  const { data, error, isPending, isPlaceholderData, refetch } = useQuery(
    sleepQuery(participants, study, window),
  )
  const nights = data?.nights ?? []
  const answers = useMemo(
    () =>
      participants.map((code) =>
        (data?.nights ?? []).filter((night) => night.participant === code),
      ),
    [data, participants],
  )
  const readout = useRef<HTMLOutputElement>(null)
  const long = window.end - window.start > MOST_DAYS_OF_STAGES * DAY
  const tracks = useMemo(
    () => answers.map((nights, slot) => hoursOf(nights, participants[slot] ?? '', slot)),
    [answers, participants],
  )

  const onCursor = useCallback(
    (at: number | null) => {
      if (!readout.current) return
      const words = answers.map((nights, n) => {
        const track = tracks[n]
        if (at === null || !track) return ''
        const i = long ? pointAt(track, at, 0) : null
        const hours = i === null ? null : track.values[i]
        const word = long ? hours && `${clockWords(hours * 60)} asleep` : stageAt(nights, at)
        return word ? `${participants[n]}: ${word}` : ''
      })
      readout.current.textContent = words.filter(Boolean).join(' · ')
    },
    [answers, tracks, participants, long],
  )

  const frame = { window, zone, onZoom, onCursor }
  const between = windowWords(window, zone)
  return (
    <Panel
      title="Sleep"
      unit={long ? 'hours asleep' : 'stages'}
      badge={long ? '1 day totals' : null}
      readout={readout}
      {...(csv ? { csv } : {})}
      table={table}
      onTable={onTable}
      busy={isPending || isPlaceholderData}
    >
      {error && <Trouble error={error} onRetry={refetch} />}
      {isPending && !error && <Loading what="sleep" height={140} />}
      {data && !error && nights.length === 0 && <p className="none">No sleep in {between}.</p>}
      <Suspense fallback={<Loading what="sleep" height={140} />}>
        {long && nights.length > 0 && (
          <TimeChart
            tracks={tracks}
            shape="bars"
            label={`Hours asleep per day, ${between}, ${nights.length} sleeps.`}
            height={150}
            {...frame}
          />
        )}
        {!long &&
          answers.map((own, n) => {
            const name = participants[n] ?? ''
            if (own.length === 0) return null
            return (
              <div key={name}>
                {participants.length > 1 && <h3 className="whose">{name}</h3>}
                <Stages nights={own} name={name} {...frame} />
              </div>
            )
          })}
      </Suspense>
      {table && nights.length > 0 && <NightsTable nights={nights} zone={zone} />}
    </Panel>
  )
}
