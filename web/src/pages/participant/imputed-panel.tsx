import { useQueries, useQuery } from '@tanstack/react-query'
import { type ComponentProps, useMemo } from 'react'
import { Trouble } from '@/components/states'
import { gapsQuery, runsQuery, standing } from '@/features/imputation/queries'
import { gapFate } from '@/features/imputation/words'
import type { GapMark } from '@/features/series/gap-strip'
import { SeriesPanel } from '@/features/series/series-panel'

type Props = ComponentProps<typeof SeriesPanel>

/** One metric with what was imputed, and the gaps that the runs behind it found. */
export function ImputedPanel(props: Props) {
  const { study, metric, participants, window } = props
  const runs = useQuery(runsQuery(study))
  const wanted = useMemo(
    () =>
      standing(runs.data ?? [], metric.name).flatMap(({ id }) =>
        participants.map((participant) => ({ id, participant })),
      ),
    [runs.data, metric.name, participants],
  )
  const found = useQueries({
    queries: wanted.map(({ id, participant }) => gapsQuery(id, participant)),
    combine: (answers) => ({
      lists: answers.map(({ data }) => data),
      error: answers.find(({ error }) => error)?.error ?? null,
      again: () => answers.forEach(({ refetch }) => void refetch()),
    }),
  })
  const gaps = useMemo(() => {
    const marks: GapMark[] = []
    wanted.forEach(({ participant }, i) => {
      const newer = marks.filter((mark) => mark.participant === participant)
      for (const gap of found.lists[i] ?? []) {
        const [start, end] = [Date.parse(gap.start_at), Date.parse(gap.end_at)]
        const shown = end > window.start && start < window.end
        if (!shown || newer.some((mark) => mark.start < end && start < mark.end)) continue
        marks.push({ participant, start, end, ...gapFate(gap) })
      }
    })
    return marks
  }, [wanted, found.lists, window])
  const failed = runs.error ?? found.error
  return (
    <>
      {failed && <Trouble error={failed} onRetry={runs.error ? runs.refetch : found.again} />}
      <SeriesPanel {...props} gaps={gaps} />
    </>
  )
}
