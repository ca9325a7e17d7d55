import { Button, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { Study } from '@/api/client'
import { Mark } from '@/components/mark'
import { useNow } from '@/components/now'
import { Loading, Trouble } from '@/components/states'
import { AttemptsTable } from '@/features/ingestion/attempts-table'
import {
  attemptsOfPersonQuery,
  freshnessQuery,
  replay,
  syncNow,
} from '@/features/ingestion/queries'
import { advice, freshWords } from '@/features/ingestion/words'
import { useMay } from '@/features/session/queries'
import { changed } from '../search'
import { useAsking } from './freshness'
import { Quarantine } from './quarantine'

const route = getRouteApi('/ingestion')

/** One participant: what was tried, what was refused, and trying again. */
export function PersonTab({ study, code }: { study: Study; code: string }) {
  const { sort } = route.useSearch()
  const navigate = route.useNavigate()
  const now = useNow()
  const may = useMay('load')
  const attempts = useQuery(attemptsOfPersonQuery(study.code, code))
  const fresh = useQuery(freshnessQuery(study.code))
  const { asking, notice } = useAsking(study.code)
  const lines = fresh.data?.filter(({ participant }) => participant === code) ?? []
  const failed = attempts.error ?? fresh.error
  return (
    <>
      <div className="person-head">
        <Title order={2} size="h3">
          {code}
        </Title>
        <Link
          className="plain-link"
          to="/participants/$code"
          params={{ code }}
          search={{ study: study.code }}
        >
          Data of {code}
        </Link>
        <Link className="plain-link" to="/ingestion" search={{ study: study.code }}>
          Everybody
        </Link>
      </div>
      {failed && <Trouble error={failed} onRetry={() => void attempts.refetch()} />}
      {notice}
      {lines.map((line) => {
        const { when, ...words } = freshWords(line, now)
        return (
          <section className="person-line" key={line.source} aria-label={line.source}>
            <div>
              <b>{line.source}</b> <Mark {...words}>{when}</Mark>
              {line.problem && (
                <p className="note">
                  {line.problem} {advice(line.state, line.code)}
                </p>
              )}
            </div>
            {may && (
              <div className="row-actions">
                <Button
                  size="compact-md"
                  variant="default"
                  onClick={() => asking.mutate({ what: syncNow, line })}
                >
                  Sync now
                </Button>
                <Button
                  size="compact-md"
                  variant="default"
                  onClick={() => asking.mutate({ what: replay, line })}
                >
                  Replay
                </Button>
              </div>
            )}
          </section>
        )
      })}
      {attempts.isPending && !failed && <Loading what="attempts" rows={5} height={48} />}
      {attempts.data?.length === 0 && <p className="none">Nothing was tried yet.</p>}
      {attempts.data && attempts.data.length > 0 && (
        <AttemptsTable
          attempts={attempts.data}
          ofOne
          sort={sort}
          onSort={(next) =>
            navigate({ search: (current) => changed(current, { sort: next }), replace: true })
          }
        />
      )}
      <Quarantine study={study.code} participant={code} />
    </>
  )
}
