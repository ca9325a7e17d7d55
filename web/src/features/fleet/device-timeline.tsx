import { NativeSelect } from '@mantine/core'
import type { Column } from '@/components/data-table'
import type { TimeWindow } from '@/components/time/window'
import { momentText } from '@/components/time/zone'
import { FleetPanel } from './fleet-panel'
import { LineChart } from './line-chart'
import type { FleetMetric, Heartbeat } from './queries'
import { changesOf, numbersOf, pointsOf, type Silence, silencesOf } from './timeline'
import { figure, hoursLong, metricTitle, several } from './words'

const HOUR = 3_600_000
const utc = (at: number) => momentText(at, 'UTC')
const MOST_SMALL = 8

interface Props {
  beats: Heartbeat[]
  more: boolean
  metrics: readonly FleetMetric[]
  chosen: string | undefined
  onChoose: (metric: string) => void
  window: TimeWindow
  tables: { table: boolean; onTable: (shown: boolean) => void }
}

const beatColumns = (names: readonly string[]): Column<Heartbeat>[] => [
  {
    id: 'captured',
    title: 'Captured (UTC)',
    value: ({ captured_at }) => captured_at,
    cell: ({ captured_at }) => utc(Date.parse(captured_at)),
  },
  {
    id: 'received',
    title: 'Received (UTC)',
    wideOnly: true,
    value: ({ created_at }) => created_at,
    cell: ({ created_at }) => utc(Date.parse(created_at)),
  },
  { id: 'type', title: 'Type', wideOnly: true, value: ({ type }) => type },
  { id: 'version', title: 'Version', value: ({ version }) => version },
  ...names.map(
    (name): Column<Heartbeat> => ({
      id: `metric ${name}`,
      title: name,
      value: ({ metrics }) => {
        const value: unknown = metrics[name]
        return typeof value === 'number' || typeof value === 'string'
          ? value
          : value === null || value === undefined
            ? null
            : JSON.stringify(value)
      },
    }),
  ),
]

/** What a device reported over time: the battery first, every other number small below it. */
export function DeviceTimeline(props: Props) {
  const { beats, more, metrics, chosen, onChoose, window, tables } = props
  const named = new Map(metrics.map((metric) => [metric.name, metric]))
  const titleOf = (name: string) => metricTitle(named.get(name) ?? { name, title: '' })
  const numbers = numbersOf(beats)
  const shown =
    numbers.find((name) => name === chosen) ??
    numbers.find((name) => named.get(name)?.vital === 'battery') ??
    numbers[0]
  const silences = silencesOf(beats)
  const changes = changesOf(beats)
  const silentFor = silences.reduce((sum, { start, end }) => sum + end - start, 0) / HOUR
  const marks = changes.map(({ at, to }) => ({ at, label: to || 'no version' }))
  const said = `${several(beats.length, 'report')}${more ? ' (the first of more: choose a shorter time)' : ''}; ${
    changes.length ? several(changes.length, 'version change') : 'no version change'
  }; ${silences.length ? `silent ${silences.length === 1 ? 'once' : `${silences.length} times`}, ${hoursLong(silentFor)} in all` : 'no silence'}.`
  const every = [...new Set(beats.flatMap((beat) => Object.keys(beat.metrics)))].sort()
  const title = shown === undefined ? 'Heartbeats' : titleOf(shown)
  return (
    <>
      <FleetPanel
        title={`${title} timeline`}
        unit={shown && named.get(shown)?.unit}
        finding={said}
        rows={beats}
        rowKey={({ captured_at, type }) => `${captured_at} ${type}`}
        columns={beatColumns(every)}
        {...tables}
      >
        {(readout) => (
          <>
            {shown !== undefined && (
              <>
                <NativeSelect
                  label="Metric"
                  maw="16rem"
                  mb="xs"
                  value={shown}
                  data={numbers.map((name) => ({ value: name, label: titleOf(name) }))}
                  onChange={(event) => onChoose(event.currentTarget.value)}
                />
                <LineChart
                  label={`${title} as reported. ${said}`}
                  runs={pointsOf(beats, shown)}
                  silences={silences}
                  window={window}
                  marks={marks}
                  onPoint={(point) => {
                    if (readout.current)
                      readout.current.textContent = point
                        ? `${utc(point.at)}: ${figure(point.value)}`
                        : ''
                  }}
                />
              </>
            )}
            <p className="chart-key">
              Shaded: no report where one was due. Dashed uprights: the first report of another
              version.
            </p>
          </>
        )}
      </FleetPanel>
      <div className="small-multiples">
        {numbers
          .filter((name) => name !== shown)
          .slice(0, MOST_SMALL)
          .map((name) => (
            <section key={name} aria-label={titleOf(name)}>
              <h3>
                {titleOf(name)} <small>{named.get(name)?.unit}</small>
              </h3>
              <LineChart
                label={`${titleOf(name)} as reported`}
                runs={pointsOf(beats, name)}
                silences={silences}
                window={window}
                height={120}
              />
            </section>
          ))}
      </div>
      <div className="fleet-grid">
        <FleetPanel
          title="Version changes"
          rows={changes}
          none="One version all the time."
          rowKey={({ at }) => String(at)}
          columns={[
            {
              id: 'at',
              title: 'First report (UTC)',
              value: ({ at }) => new Date(at).toISOString(),
              cell: ({ at }) => utc(at),
            },
            { id: 'from', title: 'Before', value: ({ from }) => from },
            { id: 'to', title: 'After', value: ({ to }) => to },
          ]}
          table
        />
        <FleetPanel<Silence>
          title="Silences"
          rows={silences}
          none="No report was missed."
          rowKey={({ start }) => String(start)}
          columns={[
            {
              id: 'start',
              title: 'Last report (UTC)',
              value: ({ start }) => new Date(start).toISOString(),
              cell: ({ start }) => utc(start),
            },
            {
              id: 'end',
              title: 'Next report (UTC)',
              value: ({ end }) => new Date(end).toISOString(),
              cell: ({ end }) => utc(end),
            },
            {
              id: 'hours',
              title: 'Hours',
              numeric: true,
              value: ({ start, end }) => (end - start) / HOUR,
              cell: ({ start, end }) => figure((end - start) / HOUR),
            },
          ]}
          table
        />
      </div>
    </>
  )
}
