import { type Column, DataTable } from '@/components/data-table'
import { momentText } from '@/components/time/zone'
import type { GapMark } from './gap-strip'

interface Props {
  gaps: readonly GapMark[]
  zone: string
  title: string
}

const MINUTE = 60_000

/** Every gap with what became of it. */
export function GapsTable({ gaps, zone, title }: Props) {
  const many = new Set(gaps.map(({ participant }) => participant)).size > 1
  const columns: Column<GapMark>[] = [
    ...(many
      ? [{ id: 'who', title: 'Participant', value: ({ participant }: GapMark) => participant }]
      : []),
    { id: 'from', title: 'Gap from', value: ({ start }) => momentText(start, zone) },
    { id: 'to', title: 'To', value: ({ end }) => momentText(end, zone) },
    {
      id: 'minutes',
      title: 'Minutes',
      numeric: true,
      value: ({ start, end }) => Math.round((end - start) / MINUTE),
    },
    { id: 'what', title: 'What became of it', value: ({ words }) => words },
  ]
  return (
    <DataTable
      caption={`Gaps of ${title}, times in ${zone}`}
      columns={columns}
      rows={[...gaps]}
      rowKey={(gap) => `${gap.participant} ${gap.start} ${gap.words}`}
      rowHeight={34}
    />
  )
}
