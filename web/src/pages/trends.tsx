import '@/features/trends/trends.css'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { Empty, Loading, Trouble } from '@/components/states'
import { useMay } from '@/features/session/queries'
import { EnrolmentPanel } from '@/features/trends/enrolment-panel'
import { Explorer } from '@/features/trends/explorer'
import { cutOf } from '@/features/trends/histogram'
import { trendsQuery } from '@/features/trends/queries'
import { RetentionPanel } from '@/features/trends/retention-panel'
import { SideBySide } from '@/features/trends/side-by-side'
import { WeeksPanel } from '@/features/trends/weeks-panel'
import { Page } from './page'
import { changed, listOf, listText } from './search'
import { StudySelect } from './study-select'
import { useStudy } from './use-study'

const route = getRouteApi('/trends')

const USUAL = ['ten-hours', 'twelve-hours', 'sixteen-hours', 'thousand-steps']
const USUAL_CUT = 10

/** How a study goes: who came, who stays, how well it is worn, and what another rule would say. */
export function TrendsPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { studies, all, study } = useStudy(search.study)
  const found = useQuery({ ...trendsQuery(study?.code ?? ''), enabled: study !== undefined })
  const [cut, setCut] = useState(cutOf(search.cut, USUAL_CUT))
  const change = (changes: Partial<Record<keyof typeof search, string | undefined>>) =>
    navigate({ search: (current) => changed(current, changes), replace: true, resetScroll: false })
  const exports = useMay('export')
  const tables = listOf(search.tables)
  const tabled = (name: string) => ({
    exports,
    table: tables.includes(name),
    onTable: (shown: boolean) =>
      change({
        tables: listText(shown ? [...tables, name] : tables.filter((each) => each !== name)),
      }),
  })
  const names = search.definitions ? listOf(search.definitions) : USUAL
  const least = Math.max(1, Math.round(Number(search.least ?? 1)) || 1)
  const failed = studies.error ?? found.error
  const trends = found.data
  return (
    <Page
      title="Trends"
      about={[
        study?.title ?? study?.code,
        trends && `judged by ${trends.definition.title}, version ${trends.definition.version}`,
      ]
        .filter(Boolean)
        .join(' · ')}
    >
      <StudySelect studies={all} value={study?.code} onChange={(code) => change({ study: code })} />
      {failed && (
        <Trouble error={failed} onRetry={studies.error ? studies.refetch : found.refetch} />
      )}
      {!failed && !trends && study && <Loading what="trends" rows={2} height={260} />}
      {studies.data && !study && <Empty title="No study yet" />}
      {trends && study && (
        <div className="trends">
          <EnrolmentPanel
            enrolment={trends.enrolment}
            asOf={trends.as_of}
            {...tabled('enrolment')}
          />
          <RetentionPanel retention={trends.retention} {...tabled('retention')} />
          <div className="wide">
            <WeeksPanel weeks={trends.weeks} byArm={trends.by_arm} {...tabled('weeks')} />
          </div>
          <div className="wide">
            <Explorer
              study={study.code}
              cut={cut}
              least={least}
              onCut={(hours) => {
                setCut(hours)
                change({ cut: hours === USUAL_CUT ? undefined : String(hours) })
              }}
              onLeast={(days) => change({ least: days === 1 ? undefined : String(days) })}
              {...tabled('explorer')}
            />
          </div>
          <div className="wide">
            <SideBySide
              study={study.code}
              chosen={names}
              onChoose={(chosen) => change({ definitions: listText(chosen) })}
            />
          </div>
        </div>
      )}
    </Page>
  )
}
