import { MultiSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type Column, DataTable } from '@/components/data-table'
import { Loading, Trouble } from '@/components/states'
import { definitionsQuery, judgedQuery } from './queries'
import { count, percent } from './words'

const MOST = 8

interface Props {
  study: string
  chosen: readonly string[]
  onChoose: (names: string[]) => void
}

interface Row {
  name: string
  title: string
  adherence: number | null
  valid: number
  closed: number
  pending: number
  expected: number
  people: number
}

const columns: Column<Row>[] = [
  { id: 'title', title: 'Definition', value: ({ title }) => title },
  {
    id: 'adherence',
    title: 'Adherence',
    numeric: true,
    value: ({ adherence }) => adherence,
    cell: ({ adherence }) => percent(adherence),
  },
  {
    id: 'valid',
    title: 'Valid days',
    numeric: true,
    value: ({ valid }) => valid,
    cell: ({ valid }) => count(valid),
  },
  {
    id: 'closed',
    title: 'Closed',
    numeric: true,
    value: ({ closed }) => closed,
    cell: ({ closed }) => count(closed),
  },
  {
    id: 'pending',
    title: 'Pending',
    numeric: true,
    wideOnly: true,
    value: ({ pending }) => pending,
    cell: ({ pending }) => count(pending),
  },
  {
    id: 'expected',
    title: 'Expected',
    numeric: true,
    wideOnly: true,
    value: ({ expected }) => expected,
    cell: ({ expected }) => count(expected),
  },
  { id: 'people', title: 'People with a valid day', numeric: true, value: ({ people }) => people },
]

/** The same study as several definitions judge it. */
export function SideBySide({ study, chosen, onChoose }: Props) {
  const known = useQuery(definitionsQuery(study))
  const judged = useQuery(judgedQuery(study, [...chosen]))
  const error = known.error ?? judged.error
  if (error) return <Trouble error={error} onRetry={judged.refetch} />
  if (!known.data || !judged.data) return <Loading what="definitions side by side" height={240} />
  const names = new Map(known.data.definitions.map(({ name, title }) => [name, title]))
  const rows = judged.data.flatMap(({ definition, together, participants }): Row[] => {
    const whole = together.find(({ span }) => span === 'whole')
    if (!whole) return []
    const kept = participants.filter(({ span, valid }) => span === 'whole' && valid > 0)
    const { name, title } = definition
    return [{ ...whole, name, title, people: kept.length }]
  })
  return (
    <section className="panel" aria-labelledby="side-by-side">
      <header>
        <h2 id="side-by-side">Definitions side by side</h2>
      </header>
      <p className="finding">
        Judged by {known.data.in_force?.title ?? 'the default'}
        {known.data.in_force && ` (version ${known.data.in_force.version})`} now. All days of the
        study.
      </p>
      <MultiSelect
        label="Definitions"
        data={[...names].map(([value, label]) => ({ value, label }))}
        value={[...chosen]}
        maxValues={MOST}
        hidePickedOptions
        onChange={onChoose}
      />
      <DataTable
        caption="Adherence by definition"
        columns={columns}
        rows={rows}
        rowKey={({ name }) => name}
      />
    </section>
  )
}
