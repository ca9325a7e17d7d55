import { useQuery } from '@tanstack/react-query'
import { Loading, Trouble } from '@/components/states'
import type { Tabled } from '@/features/imputation/figure-panel'
import { comparisonQuery } from '@/features/imputation/queries'
import { SideBySide } from '@/features/imputation/side-by-side'

/** Two runs side by side. */
export function Compared({ one, other, ...tabled }: { one: number; other: number } & Tabled) {
  const { data, error, refetch } = useQuery(comparisonQuery(one, other))
  if (error) return <Trouble error={error} onRetry={refetch} />
  if (!data) return <Loading what="the comparison" height={240} />
  return <SideBySide comparison={data} {...tabled} />
}
