import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Empty, Loading, Trouble } from '@/components/states'
import { storeQuery } from '@/features/store/queries'
import { StoreTable } from '@/features/store/store-table'
import { Page } from './page'
import { changed } from './search'

const route = getRouteApi('/store')

/** What the store holds and what it costs. */
export function Store() {
  const { sort } = route.useSearch()
  const navigate = route.useNavigate()
  const { data, error, isPending, refetch } = useQuery(storeQuery)
  return (
    <Page title="Store" about={data && `Kept by ${data.kind}, level by level.`}>
      {error && <Trouble error={error} onRetry={refetch} />}
      {isPending && !error && <Loading what="the store" rows={6} height={40} />}
      {data?.levels.length === 0 && <Empty title="The store is empty" />}
      {data && data.levels.length > 0 && (
        <StoreTable
          levels={data.levels}
          sort={sort}
          onSort={(next) =>
            navigate({ search: (now) => changed(now, { sort: next }), replace: true })
          }
        />
      )}
    </Page>
  )
}
