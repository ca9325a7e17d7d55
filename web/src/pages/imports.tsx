import { Button, Code, Title } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Empty, Loading, Trouble } from '@/components/states'
import { ImportsTable } from '@/features/imports/imports-table'
import { QuarantineTable } from '@/features/imports/quarantine-table'
import { importsQuery, quarantineQuery } from '@/features/imports/queries'
import { Page } from './page'
import { changed } from './search'

const route = getRouteApi('/imports')

function Quarantine() {
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } =
    useInfiniteQuery(quarantineQuery)
  const records = data?.pages.flatMap((page) => page.records) ?? []
  return (
    <section aria-labelledby="quarantine">
      <Title order={2} size="h3" id="quarantine">
        Quarantine
      </Title>
      <p className="about">Records that were kept out, as received, each with its reason.</p>
      {error && <Trouble error={error} onRetry={refetch} />}
      {isPending && !error && <Loading what="the quarantine" rows={3} height={44} />}
      {data && records.length === 0 && <p className="none">Nothing is in quarantine.</p>}
      {records.length > 0 && <QuarantineTable records={records} />}
      {hasNextPage && (
        <Button variant="default" loading={isFetchingNextPage} onClick={() => fetchNextPage()}>
          Show more
        </Button>
      )}
    </section>
  )
}

/** What was loaded, and what was refused. */
export function Imports() {
  const { sort } = route.useSearch()
  const navigate = route.useNavigate()
  const { data, error, isPending, refetch } = useQuery(importsQuery)
  return (
    <Page title="Imports" about="Files that were loaded, newest first.">
      {error && <Trouble error={error} onRetry={refetch} />}
      {isPending && !error && <Loading what="imports" rows={3} height={44} />}
      {data?.length === 0 && (
        <Empty title="Nothing was imported yet">
          <Code block>wearhouse import PATH --participant auto --study STUDY</Code>
        </Empty>
      )}
      {data && data.length > 0 && (
        <ImportsTable
          imports={data}
          sort={sort}
          onSort={(next) =>
            navigate({ search: (now) => changed(now, { sort: next }), replace: true })
          }
        />
      )}
      <Quarantine />
    </Page>
  )
}
