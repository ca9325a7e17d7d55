import { useQuery } from '@tanstack/react-query'
import { studiesQuery } from '@/features/participants/queries'

/** The study that a page is about: the one in the address, else the first there is. */
export function useStudy(code: string | undefined) {
  const studies = useQuery(studiesQuery)
  const all = studies.data ?? []
  const study = all.find((each) => each.code === code) ?? (code === undefined ? all[0] : undefined)
  return { studies, all, study }
}
