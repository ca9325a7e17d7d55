import '@/features/fleet/fleet.css'
import { Anchor, Button, NativeSelect, NumberInput, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { DataTable } from '@/components/data-table'
import { useNow } from '@/components/now'
import { Empty, Loading, Trouble } from '@/components/states'
import { deviceColumns } from '@/features/fleet/devices-table'
import { devicesQuery, facetsQuery, MOST_DEVICES, metricsQuery } from '@/features/fleet/queries'
import { matches, wantedOf } from '@/features/fleet/search'
import { csvAddress, several } from '@/features/fleet/words'
import { FleetTabs } from './fleet-tabs'
import { Page } from './page'
import { changed } from './search'

const route = getRouteApi('/fleet/devices')
const WAIT_MS = 250

const anyOf = (any: string, names: readonly string[] | undefined) => [
  { value: '', label: any },
  ...(names ?? []),
]

/** Every device with its newest report, found by any of its attributes. */
export function FleetDevices() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const now = useNow()
  const change = (changes: Partial<Record<keyof typeof search, string | undefined>>) =>
    navigate({ search: (current) => changed(current, changes), replace: true })
  const facets = useQuery(facetsQuery)
  const known = useQuery(metricsQuery)
  const { project, cohort, version, hardware, q = '' } = search
  const [typed, setTyped] = useState(q)
  const ask = useDebouncedCallback((text: string) => change({ q: text || undefined }), WAIT_MS)
  const metrics = known.data ?? []
  const wanted = wantedOf(
    q,
    metrics.map(({ name }) => name),
  )
  const silent = Number(search.silent) > 0 ? Number(search.silent) : undefined
  const found = useQuery({
    ...devicesQuery({ project, cohort, version, hardware }, wanted.attributes, silent),
    enabled: known.isSuccess,
  })
  const columns = useMemo(() => deviceColumns(known.data ?? [], now), [known.data, now])
  const rows = found.data?.filter((device) => matches(device, wanted.words)) ?? []
  const failed = known.error ?? found.error
  const select = (name: 'project' | 'cohort' | 'version' | 'hardware', any: string) => {
    const all = {
      project: facets.data?.projects,
      cohort: facets.data?.cohorts,
      version: facets.data?.versions,
      hardware: facets.data?.hardwares,
    }
    return (
      <NativeSelect
        label={`${name[0]?.toUpperCase()}${name.slice(1)}`}
        value={search[name] ?? ''}
        data={anyOf(any, all[name])}
        onChange={(event) => change({ [name]: event.currentTarget.value || undefined })}
      />
    )
  }
  const file = csvAddress(
    columns.map(({ title }) => title),
    rows.map((row) => columns.map(({ value }) => value(row))),
  )
  return (
    <Page
      title="Fleet devices"
      about="Every device with its newest report."
      actions={
        rows.length > 0 && (
          <Anchor href={file} download="devices.csv" size="sm">
            Download as CSV
          </Anchor>
        )
      }
    >
      <FleetTabs here="devices" project={project} />
      <div className="filters">
        <TextInput
          className="grows"
          label="Search"
          description="Serial, cohort, version, hardware; or an attribute, such as boot_reason:watchdog"
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value)
            ask(event.currentTarget.value)
          }}
        />
        {select('project', 'All projects')}
        {select('cohort', 'All cohorts')}
        {select('version', 'All versions')}
        {select('hardware', 'All hardware')}
        <NumberInput
          label="Silent for hours"
          min={1}
          value={silent ?? ''}
          onChange={(hours) => change({ silent: Number(hours) > 0 ? String(hours) : undefined })}
        />
        <p className="count" role="status">
          {found.data &&
            `${several(rows.length, 'device')}${found.data.length >= MOST_DEVICES ? ' of the first 10,000: narrow the search' : ''}`}
        </p>
      </div>
      {failed && <Trouble error={failed} onRetry={known.error ? known.refetch : found.refetch} />}
      {!failed && !found.data && <Loading what="devices" rows={6} height={40} />}
      {found.data && rows.length === 0 && (
        <Empty title={facets.data?.devices ? 'No device is like this' : 'No device yet'}>
          {facets.data?.devices ? (
            <Button
              variant="default"
              onClick={() => {
                setTyped('')
                navigate({ search: {}, replace: true })
              }}
            >
              Show all devices
            </Button>
          ) : (
            <p>Devices appear with their first report.</p>
          )}
        </Empty>
      )}
      {rows.length > 0 && (
        <DataTable
          caption="Devices"
          columns={columns}
          rows={rows}
          rowKey={({ project: of, device }) => `${of} ${device}`}
          rowHeight={44}
          sort={search.sort}
          onSort={(sort) => change({ sort })}
          onOpen={({ project: of, device }) =>
            navigate({ to: '/fleet/device', search: { project: of, device } })
          }
        />
      )}
    </Page>
  )
}
