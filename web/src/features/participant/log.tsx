import { useMemo } from 'react'
import type { AuditEntry, Timeline } from '@/api/client'
import { actWords, changesOf } from '@/components/acts'
import { type Column, DataTable } from '@/components/data-table'
import { momentColumn } from '@/components/time/moment-column'
import { momentText } from '@/components/time/zone'

/** One line of what happened. */
export interface LogLine {
  key: string
  at: number
  kind: 'message' | 'sync' | 'battery' | 'note'
  what: string
  by: string
}

const KINDS: Record<LogLine['kind'], string> = {
  message: 'Message',
  sync: 'Sync',
  battery: 'Battery',
  note: 'Note',
}

const noted = (entry: AuditEntry): LogLine => ({
  key: `note ${entry.number}`,
  at: Date.parse(entry.at),
  kind: 'note',
  what: [actWords(entry), changesOf(entry), entry.reason].filter(Boolean).join(' · '),
  by: entry.actor,
})

/** Everything that happened, the newest first; syncs and batteries only where asked for. */
export function linesOf(
  timeline: Timeline,
  history: readonly AuditEntry[],
  devices: boolean,
): LogLine[] {
  const written = (timeline.messages ?? []).map(
    (one): LogLine => ({
      key: `message ${one.id}`,
      at: Date.parse(one.finished_at ?? one.due_at),
      kind: 'message',
      what: [`${one.template}: ${one.state}`, one.detail].filter(Boolean).join(' · '),
      by: one.cause,
    }),
  )
  const told: LogLine[] = devices
    ? [
        ...timeline.syncs.map(({ at, device }) => ({
          key: `sync ${at} ${device}`,
          at: Date.parse(at),
          kind: 'sync' as const,
          what: 'the device synced',
          by: device,
        })),
        ...timeline.batteries.map(({ at, device, percent, level }) => ({
          key: `battery ${at} ${device}`,
          at: Date.parse(at),
          kind: 'battery' as const,
          what: percent === null ? (level ?? '') : `${Math.round(percent)} %`,
          by: device,
        })),
      ]
    : []
  return [...written, ...history.map(noted), ...told].sort((a, b) => b.at - a.at)
}

/** What happened around a participant. */
export function LogTable({ lines, zone }: { lines: readonly LogLine[]; zone: string }) {
  const columns = useMemo<Column<LogLine>[]>(
    () => [
      { id: 'at', title: 'When', value: ({ at }) => at, cell: ({ at }) => momentText(at, zone) },
      { id: 'kind', title: 'Kind', value: ({ kind }) => KINDS[kind] },
      {
        id: 'what',
        title: 'What',
        value: ({ what }) => what,
        cell: ({ what }) => (
          <span className="told" title={what}>
            {what}
          </span>
        ),
      },
      { id: 'by', title: 'By', wideOnly: true, value: ({ by }) => by },
    ],
    [zone],
  )
  return (
    <DataTable
      caption={`What happened, times in ${zone}`}
      columns={columns}
      rows={[...lines]}
      rowKey={({ key }) => key}
      rowHeight={48}
    />
  )
}

type Device = Timeline['devices'][number]

/** Devices that were heard of, and from when to when. */
export function DevicesTable({ devices, zone }: { devices: readonly Device[]; zone: string }) {
  const columns = useMemo<Column<Device>[]>(
    () => [
      { id: 'model', title: 'Device', value: ({ model, device }) => model || device },
      { id: 'source', title: 'Source', value: ({ source }) => source },
      { id: 'firmware', title: 'Firmware', value: ({ firmware }) => firmware ?? '' },
      {
        ...momentColumn<Device>('first', 'First heard of', ({ first_at }) => first_at, zone),
        wideOnly: true,
      },
      momentColumn('last', 'Last heard of', ({ last_at }) => last_at, zone),
    ],
    [zone],
  )
  return (
    <DataTable
      caption={`Devices, times in ${zone}`}
      columns={columns}
      rows={[...devices]}
      rowKey={({ source, device }) => `${source} ${device}`}
      rowHeight={40}
    />
  )
}
