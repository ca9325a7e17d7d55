import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Choice } from '@/components/choice'
import { type FleetMetric, facetsQuery, type Weight } from './queries'
import { SPLITS, type Split } from './split-panel'
import { metricTitle } from './words'

interface Values {
  project: string
  cohort: string | undefined
  version: string | undefined
  metric: string
  weight: Weight
  by: Split
}

interface Props {
  projects: string[]
  metrics: FleetMetric[]
  versions: string[]
  values: Values
  onChange: (changes: Partial<Record<keyof Values, string | undefined>>) => void
}

const WEIGHTS = [
  ['report', 'Each report counts'],
  ['device', 'Each device counts'],
] as const

const anyOf = (any: string, names: readonly string[]) => [
  { value: '', label: any },
  ...names.map((name) => ({ value: name, label: name })),
]

/** What the page is about. */
export function FleetFilters({ projects, metrics, versions, values, onChange }: Props) {
  const facets = useQuery(facetsQuery)
  const { project, cohort, version, metric, weight, by } = values
  const cohorts = facets.data?.cohorts ?? []
  return (
    <div className="filters">
      {projects.length > 1 && (
        <NativeSelect
          label="Project"
          value={project}
          data={projects}
          onChange={(event) =>
            onChange({ project: event.currentTarget.value, cohort: undefined, version: undefined })
          }
        />
      )}
      <NativeSelect
        label="Metric"
        value={metric}
        data={metrics.map((one) => ({ value: one.name, label: metricTitle(one) }))}
        onChange={(event) => onChange({ metric: event.currentTarget.value })}
      />
      <NativeSelect
        label="Cohort"
        value={cohort ?? ''}
        data={anyOf('All cohorts', cohorts)}
        onChange={(event) => onChange({ cohort: event.currentTarget.value || undefined })}
      />
      <NativeSelect
        label="Version"
        value={version ?? ''}
        data={anyOf('All versions', versions)}
        onChange={(event) => onChange({ version: event.currentTarget.value || undefined })}
      />
      <Choice
        label="What counts as one"
        value={weight}
        options={WEIGHTS}
        onChange={(next) => onChange({ weight: next === 'report' ? undefined : next })}
      />
      <Choice
        label="Side by side"
        value={by}
        options={Object.entries(SPLITS) as [Split, string][]}
        onChange={(next) => onChange({ by: next === 'version' ? undefined : next })}
      />
    </div>
  )
}
