import { Checkbox } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useRef } from 'react'
import { Panel } from '@/components/panel'
import { Loading, Trouble } from '@/components/states'
import { DevicesTable, LogTable, linesOf } from '@/features/participant/log'
import { fileAddress, historyQuery, timelineQuery } from '@/features/participant/queries'
import { stretchOf, type TabProps } from './tab'

/** What happened around a participant: messages, what was done and why, devices. */
export function LogTab({ participant, search, change, window, exports }: TabProps) {
  const { code, study, timezone } = participant
  const stretch = stretchOf(participant, window)
  const timeline = useQuery(timelineQuery(stretch))
  const history = useQuery(historyQuery(code, study))
  const readout = useRef<HTMLOutputElement>(null)
  const told = search.log === 'devices'
  const lines = useMemo(() => {
    if (!timeline.data || !history.data) return null
    const inside = history.data.filter(
      ({ at }) => Date.parse(at) >= window.start && Date.parse(at) < window.end,
    )
    return linesOf(timeline.data, inside, told)
  }, [timeline.data, history.data, told, window])
  const failed = timeline.error ?? history.error
  const retry = () => {
    timeline.refetch()
    history.refetch()
  }
  if (failed) return <Trouble error={failed} onRetry={retry} />
  if (!lines || !timeline.data) return <Loading what="the log" rows={4} height={48} />
  const file = exports ? { csv: fileAddress('timeline', stretch) } : {}
  const earlier = (history.data ?? []).length

  return (
    <>
      <Panel
        title="What happened"
        unit={`times in ${timezone}`}
        readout={readout}
        busy={false}
        {...file}
      >
        <Checkbox
          mb="sm"
          label="Syncs and batteries, too"
          checked={told}
          onChange={({ currentTarget: { checked } }) =>
            change({ log: checked ? 'devices' : undefined })
          }
        />
        {lines.length === 0 ? (
          <p className="none">
            {earlier === 0
              ? 'Nothing has happened yet.'
              : `Nothing in this time; ${earlier} ${earlier === 1 ? 'note' : 'notes'} at other times.`}
          </p>
        ) : (
          <LogTable lines={lines} zone={timezone} />
        )}
        {timeline.data.messages === null && (
          <p className="note">Your role does not see messages to participants.</p>
        )}
      </Panel>
      <Panel title="Devices" readout={readout} busy={false}>
        {timeline.data.devices.length === 0 ? (
          <p className="none">No device was heard of: data came as files.</p>
        ) : (
          <DevicesTable devices={timeline.data.devices} zone={timezone} />
        )}
      </Panel>
    </>
  )
}
