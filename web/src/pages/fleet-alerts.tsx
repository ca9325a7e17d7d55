import '@/features/fleet/fleet.css'
import { Anchor, Button, Group, Stack, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { Choice } from '@/components/choice'
import { EndingDialog } from '@/components/ending-dialog'
import { useNow } from '@/components/now'
import { Empty, Loading, Trouble } from '@/components/states'
import { IncidentsTable, incidentColumns } from '@/features/fleet/incidents-table'
import {
  facetsQuery,
  incidentsQuery,
  metricsQuery,
  type Rule,
  removeRule,
  rulesQuery,
} from '@/features/fleet/queries'
import { RuleDialog } from '@/features/fleet/rule-dialog'
import { RulesTable } from '@/features/fleet/rules-table'
import { csvAddress } from '@/features/fleet/words'
import { useMay } from '@/features/session/queries'
import { FleetTabs } from './fleet-tabs'
import { Page } from './page'
import { changed } from './search'

const route = getRouteApi('/fleet/alerts')

const STATES = [
  ['open', 'Open'],
  ['past', 'Past'],
] as const

function Incidents() {
  const { state, sort } = route.useSearch()
  const navigate = route.useNavigate()
  const change = (changes: { state?: string | undefined; sort?: string | undefined }) =>
    navigate({ search: (now) => changed(now, changes), replace: true })
  const now = useNow()
  const { data, error, isPending, refetch } = useQuery(incidentsQuery)
  const past = state === 'past'
  const rows = data?.filter((one) => (one.state === 'resolved') === past) ?? []
  const columns = incidentColumns(now)
  return (
    <Stack gap="md" component="section" aria-labelledby="incidents">
      <Group justify="space-between">
        <Title order={2} size="h3" id="incidents">
          Incidents
        </Title>
        <Group gap="sm">
          {rows.length > 0 && (
            <Anchor
              size="sm"
              download="incidents.csv"
              href={csvAddress(
                columns.map(({ title }) => title),
                rows.map((row) => columns.map(({ value }) => value(row))),
              )}
            >
              Download as CSV
            </Anchor>
          )}
          <Choice
            label="Which incidents"
            value={past ? 'past' : 'open'}
            options={STATES}
            onChange={(next) => change({ state: next === 'open' ? undefined : next })}
          />
        </Group>
      </Group>
      {error && <Trouble error={error} onRetry={refetch} />}
      {isPending && !error && <Loading what="incidents" rows={3} height={40} />}
      {data && rows.length === 0 && (
        <p className="note">{past ? 'No incident is over yet.' : 'No incident is open.'}</p>
      )}
      {rows.length > 0 && (
        <IncidentsTable
          incidents={rows}
          now={now}
          sort={sort}
          onSort={(to) => change({ sort: to })}
        />
      )}
    </Stack>
  )
}

function Rules() {
  const queries = useQueryClient()
  const may = useMay('keep')
  const { data, error, isPending, refetch } = useQuery(rulesQuery)
  const facets = useQuery(facetsQuery)
  const metrics = useQuery(metricsQuery)
  const [asked, setAsked] = useState<Rule | 'new' | null>(null)
  const [ending, setEnding] = useState<Rule | null>(null)
  const again = () => {
    queries.invalidateQueries({ queryKey: rulesQuery.queryKey })
    queries.invalidateQueries({ queryKey: incidentsQuery.queryKey })
  }
  const removing = useMutation({
    mutationFn: (rule: Rule) => removeRule(rule.number),
    onSuccess: () => {
      setEnding(null)
      again()
    },
  })
  return (
    <Stack gap="md" component="section" aria-labelledby="rules">
      <Group justify="space-between">
        <Title order={2} size="h3" id="rules">
          Rules
        </Title>
        {may && <Button onClick={() => setAsked('new')}>Add a rule</Button>}
      </Group>
      {error && <Trouble error={error} onRetry={refetch} />}
      {isPending && !error && <Loading what="rules" rows={3} height={40} />}
      {data?.length === 0 && (
        <Empty title="Nothing is watched yet">
          <p>A rule watches a figure of the fleet, each device, or devices that are silent.</p>
        </Empty>
      )}
      {data && data.length > 0 && (
        <RulesTable
          rules={data}
          onChange={may ? setAsked : undefined}
          onRemove={may ? setEnding : undefined}
        />
      )}
      {asked && facets.data && metrics.data && (
        <RuleDialog
          rule={asked === 'new' ? null : asked}
          facets={facets.data}
          metrics={metrics.data}
          onClose={() => setAsked(null)}
          onDone={() => {
            setAsked(null)
            again()
          }}
        />
      )}
      {ending && (
        <EndingDialog
          title={`Remove the rule ${ending.name}?`}
          consequence="Its incidents go with it."
          word="Remove"
          busy={removing.isPending}
          error={removing.error}
          onEnd={() => removing.mutate(ending)}
          onClose={() => setEnding(null)}
        />
      )}
    </Stack>
  )
}

/** What is watched, and what was found. */
export function FleetAlerts() {
  return (
    <Page
      title="Fleet alerts"
      about="Rules are asked every minute; what they find opens an incident."
    >
      <FleetTabs here="alerts" />
      <Incidents />
      <Rules />
    </Page>
  )
}
