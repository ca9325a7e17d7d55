import type { Column } from '@/components/data-table'
import { DataTable } from '@/components/data-table'
import { Mark } from '@/components/mark'
import type { Report } from './queries'
import { classWord, VERDICTS } from './words'

type Verdict = Report['verdicts'][number]

const COLUMNS: Column<Verdict>[] = [
  {
    id: 'kind',
    title: 'Gaps of',
    value: ({ kind }) => Number.parseInt(kind, 10),
    cell: ({ kind }) => classWord(kind),
  },
  {
    id: 'state',
    title: 'Verdict',
    value: ({ state }) => state,
    cell: ({ state }) => {
      const known = VERDICTS[state]
      return <Mark band={known?.band ?? 'quiet'} word={known?.word ?? state} />
    },
  },
  { id: 'why', title: 'Why', value: ({ reason }) => reason },
  { id: 'gaps', title: 'Hidden gaps', numeric: true, value: ({ gaps }) => gaps },
  {
    id: 'widen',
    title: 'Widened by',
    numeric: true,
    value: ({ widen }) => widen,
    cell: ({ widen }) => (widen === 1 ? 'not' : `× ${widen.toFixed(2)}`),
  },
]

/** Which lengths of gaps were released to be filled, and why not. */
export const Verdicts = ({ verdicts }: { verdicts: Verdict[] }) => (
  <DataTable
    caption="Verdicts by length of gap"
    columns={COLUMNS}
    rows={verdicts}
    rowKey={({ kind }) => kind}
    rowHeight={38}
  />
)
