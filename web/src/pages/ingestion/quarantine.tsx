import { Button, Title } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Loading, Trouble } from '@/components/states'
import { QuarantineList } from '@/features/imports/quarantine-list'
import { quarantineQuery } from '@/features/imports/queries'

interface Props {
  study?: string
  participant?: string
}

/** Records that were kept out: everybody's, or those that syncs brought of one participant. */
export function Quarantine({ study, participant }: Props) {
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } =
    useInfiniteQuery(quarantineQuery(study, participant))
  const records = data?.pages.flatMap((page) => page.records) ?? []
  return (
    <section className="stack" aria-labelledby="quarantine">
      <div>
        <Title order={2} size="h3" id="quarantine">
          Quarantine
        </Title>
        <p className="about">
          Records that were kept out, each with its reason; open one to see it as it was received.
        </p>
      </div>
      {error && <Trouble error={error} onRetry={refetch} />}
      {isPending && !error && <Loading what="the quarantine" rows={3} height={44} />}
      {data && records.length === 0 && <p className="none">Nothing is in quarantine.</p>}
      {records.length > 0 && <QuarantineList records={records} />}
      {hasNextPage && (
        <div>
          <Button variant="default" loading={isFetchingNextPage} onClick={() => fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </section>
  )
}
