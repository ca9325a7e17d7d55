import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { Loading, Trouble } from '@/components/states'
import { batteryOf, batteryUse, efficiencyOf, LinePanel } from '@/features/participant/line-panel'
import { fileAddress, rhythmQuery, timelineQuery } from '@/features/participant/queries'
import { stretchOf, type TabProps } from './tab'

const MOST_DAYS = 100

interface Tabled extends TabProps {
  table: boolean
  onTable: (shown: boolean) => void
}

const shared = ({ participant, window, onWindow, table, onTable }: Tabled) => ({
  window,
  zone: participant.timezone,
  onZoom: onWindow,
  table,
  onTable,
})

/** Which share of each main sleep was slept. */
export function EfficiencyPanel(props: Tabled) {
  const stretch = stretchOf(props.participant, props.window, MOST_DAYS)
  const { data, error, refetch } = useQuery(rhythmQuery(stretch))
  const track = useMemo(() => (data ? efficiencyOf(data) : null), [data])
  const file = props.exports ? { csv: fileAddress('rhythm', stretch) } : {}
  if (error) return <Trouble error={error} onRetry={refetch} />
  if (!track) return <Loading what="sleep efficiency" height={150} />
  return <LinePanel title="Sleep efficiency" track={track} {...shared(props)} {...file} />
}

/** The battery, and how fast it empties. */
export function BatteryPanel(props: Tabled) {
  const stretch = stretchOf(props.participant, props.window)
  const { data, error, refetch } = useQuery(timelineQuery(stretch))
  const track = useMemo(() => (data ? batteryOf(data) : null), [data])
  const file = props.exports ? { csv: fileAddress('timeline', stretch) } : {}
  if (error) return <Trouble error={error} onRetry={refetch} />
  if (!track) return <Loading what="the battery" height={150} />
  const use = batteryUse(track)
  return (
    <LinePanel
      title="Battery"
      track={track}
      badge={use === null ? null : `${use.toFixed(0)} % a day while it empties`}
      {...shared(props)}
      {...file}
    />
  )
}
