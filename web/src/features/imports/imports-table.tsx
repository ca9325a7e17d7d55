import type { Import } from '@/api/client'
import { type Column, DataTable } from '@/components/data-table'
import { timeHere } from '@/components/time/words'

const count = (value: number) => value.toLocaleString('en')

/** The end of a path, which tells files apart; the whole stands in the title. */
function tailOf(path: string): string {
  const parts = path.split('/')
  return parts.length > 4 ? `…/${parts.slice(-3).join('/')}` : path
}

const COLUMNS: Column<Import>[] = [
  {
    id: 'path',
    title: 'File or folder',
    value: ({ path }) => path,
    cell: ({ path, detail }) => (
      <span className="path" title={path}>
        {tailOf(path)}
        {detail && <small>{detail}</small>}
      </span>
    ),
  },
  { id: 'format', title: 'Format', wideOnly: true, value: ({ format }) => format },
  {
    id: 'started',
    title: 'Started',
    value: ({ started_at }) => Date.parse(started_at),
    cell: ({ started_at }) => timeHere(started_at),
  },
  { id: 'outcome', title: 'Outcome', value: ({ outcome }) => outcome },
  {
    id: 'samples',
    title: 'Samples',
    numeric: true,
    value: ({ samples }) => samples,
    cell: ({ samples }) => count(samples),
  },
  {
    id: 'episodes',
    title: 'Episodes',
    numeric: true,
    wideOnly: true,
    value: ({ episodes }) => episodes,
    cell: ({ episodes }) => count(episodes),
  },
  {
    id: 'quarantined',
    title: 'Quarantined',
    numeric: true,
    value: ({ quarantined }) => quarantined,
    cell: ({ quarantined }) => count(quarantined),
  },
]

interface Props {
  imports: Import[]
  sort: string | undefined
  onSort: (sort: string | undefined) => void
}

/** What was loaded, when, and how much of it was kept. */
export function ImportsTable({ imports, sort, onSort }: Props) {
  return (
    <DataTable
      caption="Imports"
      columns={COLUMNS}
      rows={imports}
      rowKey={({ id }) => String(id)}
      rowHeight={48}
      sort={sort}
      onSort={onSort}
    />
  )
}
