import { Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { Run, Study } from '@/api/client'
import { Empty, Loading, Trouble } from '@/components/states'
import { timeHere } from '@/components/time/words'
import { AttemptsTable } from '@/features/ingestion/attempts-table'
import { attemptsOfRunQuery, runsQuery } from '@/features/ingestion/queries'
import { RunsTable } from '@/features/ingestion/runs-table'
import { causeWords, sumOf } from '@/features/ingestion/words'
import { changed } from '../search'

const route = getRouteApi('/ingestion')

function Attempts({ number, run, study }: { number: number; run: Run | undefined; study: Study }) {
  const { sort } = route.useSearch()
  const navigate = route.useNavigate()
  const { data, error, isPending, refetch } = useQuery(attemptsOfRunQuery(number))
  return (
    <>
      <div className="person-head">
        <Title order={2} size="h3">
          Run {number}
        </Title>
        <Link className="plain-link" to="/ingestion" search={{ study: study.code, tab: 'runs' }}>
          All runs
        </Link>
      </div>
      {run && (
        <p className="about">
          {causeWords(run.cause)}, {timeHere(run.started_at)}. {sumOf(run)}
        </p>
      )}
      {error && <Trouble error={error} onRetry={refetch} />}
      {isPending && !error && <Loading what="attempts" rows={5} height={48} />}
      {data?.length === 0 && <p className="none">This run fetched nothing.</p>}
      {data && data.length > 0 && (
        <AttemptsTable
          attempts={data}
          sort={sort}
          onSort={(next) =>
            navigate({ search: (current) => changed(current, { sort: next }), replace: true })
          }
        />
      )}
    </>
  )
}

/** What was run, and the attempts of the run that is chosen. */
export function RunsTab({ study }: { study: Study }) {
  const { sort, run } = route.useSearch()
  const navigate = route.useNavigate()
  const { data, error, isPending, refetch } = useQuery(runsQuery(study.code))
  const number = /^\d{1,9}$/.test(run ?? '') ? Number(run) : undefined
  if (number) {
    return <Attempts number={number} run={data?.find(({ id }) => id === number)} study={study} />
  }
  if (error) return <Trouble error={error} onRetry={refetch} />
  if (isPending) return <Loading what="runs" rows={6} height={52} />
  if (data.length === 0) {
    return (
      <Empty title="Nothing was synced yet">
        <p>Syncs run every night, and as soon as a participant has agreed.</p>
      </Empty>
    )
  }
  return (
    <RunsTable
      runs={data}
      study={study.code}
      sort={sort}
      onSort={(next) =>
        navigate({ search: (current) => changed(current, { sort: next }), replace: true })
      }
    />
  )
}
