import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import type { FreshnessLine, Study } from '@/api/client'
import { useNow } from '@/components/now'
import { Empty, Loading, Trouble } from '@/components/states'
import { Begun } from '@/features/ingestion/begun'
import { FreshnessTable } from '@/features/ingestion/freshness-table'
import { freshnessQuery, replay, runsQuery, syncNow } from '@/features/ingestion/queries'
import { useMay } from '@/features/session/queries'
import { changed } from '../search'

const route = getRouteApi('/ingestion')

/** Runs asked for here: the newest, and how to ask for another. */
export function useAsking(study: string) {
  const queries = useQueryClient()
  const runs = useQuery(runsQuery(study))
  const [begun, setBegun] = useState<{ number: number; whose: string } | null>(null)
  const refresh = () => queries.invalidateQueries({ queryKey: ['syncs'] })
  const asking = useMutation({
    mutationFn: async ({ what, line }: { what: typeof syncNow; line?: FreshnessLine }) => ({
      number: (await what({ study, line })).sync,
      whose: line ? `${line.participant} from ${line.source}` : 'everybody',
    }),
    onSuccess: (next) => {
      setBegun(next)
      void refresh()
    },
  })
  const run = runs.data?.find(({ id }) => id === begun?.number)
  const done = run !== undefined && run.outcome !== 'running'
  useEffect(() => {
    if (done) void queries.invalidateQueries({ queryKey: ['syncs', 'freshness'] })
  }, [done, queries])
  const notice = (
    <>
      {asking.error && <Trouble error={asking.error} />}
      {begun && <Begun {...begun} run={run} onClose={() => setBegun(null)} />}
    </>
  )
  return { asking, notice }
}

/** How fresh everybody's data are, and what to do where they are not. */
export function FreshnessTab({ study }: { study: Study }) {
  const { sort } = route.useSearch()
  const navigate = route.useNavigate()
  const now = useNow()
  const may = useMay('load')
  const { data, error, isPending, refetch } = useQuery(freshnessQuery(study.code))
  const { asking, notice } = useAsking(study.code)
  const { mutate } = asking
  const acting = useMemo(
    () =>
      may
        ? {
            onSync: (line: FreshnessLine) => mutate({ what: syncNow, line }),
            onReplay: (line: FreshnessLine) => mutate({ what: replay, line }),
          }
        : undefined,
    [may, mutate],
  )
  if (error) return <Trouble error={error} onRetry={refetch} />
  if (isPending) return <Loading what="freshness" rows={6} height={52} />
  if (data.length === 0) {
    return (
      <Empty title="Nobody is connected yet">
        <p>Invite participants on the Grants page; their data come in after they agreed.</p>
      </Empty>
    )
  }
  return (
    <>
      {may && (
        <div className="page-actions">
          <Button
            variant="default"
            loading={asking.isPending}
            onClick={() => mutate({ what: syncNow })}
          >
            Sync everybody now
          </Button>
        </div>
      )}
      {notice}
      <FreshnessTable
        lines={data}
        now={now}
        sort={sort}
        onSort={(next) =>
          navigate({ search: (current) => changed(current, { sort: next }), replace: true })
        }
        acting={acting}
      />
    </>
  )
}
