import { Code } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Empty, Loading, Trouble } from '@/components/states'
import { ImportsTable } from '@/features/imports/imports-table'
import { importsQuery } from '@/features/imports/queries'
import { changed } from '../search'

const route = getRouteApi('/ingestion')

/** Files that were loaded, the newest first. */
export function ImportsTab() {
  const { sort } = route.useSearch()
  const navigate = route.useNavigate()
  const { data, error, isPending, refetch } = useQuery(importsQuery)
  if (error) return <Trouble error={error} onRetry={refetch} />
  if (isPending) return <Loading what="imports" rows={3} height={44} />
  if (data.length === 0) {
    return (
      <Empty title="Nothing was imported yet">
        <Code block>wearhouse import PATH --participant auto --study STUDY</Code>
      </Empty>
    )
  }
  return (
    <ImportsTable
      imports={data}
      sort={sort}
      onSort={(next) => navigate({ search: (now) => changed(now, { sort: next }), replace: true })}
    />
  )
}
