import './data-table.css'
import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  sortFn_basic,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react'

/** One column: what it sorts by, and how it is shown where that differs. */
export interface Column<Row> {
  id: string
  title: string
  value: (row: Row) => string | number | null
  cell?: (row: Row) => ReactNode
  numeric?: boolean
  /** Left out on narrow screens. */
  wideOnly?: boolean
  /** A control, not a value: its title is for screen readers and it does not sort. */
  control?: boolean
  /** Stays in view while the others are scrolled sideways. */
  sticky?: boolean
}

interface Props<Row extends object> {
  caption: string
  columns: readonly Column<Row>[]
  rows: Row[]
  rowKey: (row: Row) => string
  rowHeight?: number
  /** The id of the column to sort by, with a minus in front for last to first. */
  sort?: string | undefined
  onSort?: (sort: string | undefined) => void
  /** Makes the rows a list for the keyboard: arrows go through them, Enter opens one. */
  onOpen?: (row: Row) => void
}

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { basic: sortFn_basic },
})

const sortingOf = (sort: string | undefined) =>
  sort ? [{ id: sort.replace(/^-/, ''), desc: sort.startsWith('-') }] : []

const ariaSort = (sorted: false | 'asc' | 'desc') =>
  sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : 'none'

const classOf = <Row,>({ numeric, wideOnly, sticky }: Column<Row>) =>
  [numeric && 'numeric', wideOnly && 'wide-only', sticky && 'sticky'].filter(Boolean).join(' ') ||
  undefined

/** Stands for the rows out of view. */
const Space = ({ height }: { height: number }) =>
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: an empty row takes no focus
  height > 0 ? <tr aria-hidden="true" style={{ height }} /> : null

const PAGE = 10

/** Which row a key leads to from one; none for keys that mean nothing here. */
function rowAfter(key: string, from: number, count: number): number | null {
  const steps: Record<string, number> = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + PAGE,
    PageUp: from - PAGE,
    Home: 0,
    End: count - 1,
  }
  const next = steps[key]
  return next === undefined ? null : Math.max(0, Math.min(count - 1, next))
}

/** A table of any length: only the rows in view are in the page. */
export function DataTable<Row extends object>(props: Props<Row>) {
  const { caption, columns, rows, rowKey, rowHeight = 40, sort, onSort, onOpen } = props
  const scroller = useRef<HTMLElement>(null)
  const named = useMemo(() => new Map(columns.map((column) => [column.id, column])), [columns])
  const definitions = useMemo(() => {
    const helper = createColumnHelper<typeof features, Row>()
    return columns.map(({ id, value }) =>
      helper.accessor((row): unknown => value(row) ?? undefined, {
        id,
        sortFn: 'basic',
        sortUndefined: 'last',
      }),
    )
  }, [columns])

  const table = useTable({
    features,
    columns: definitions,
    data: rows,
    getRowId: rowKey,
    state: { sorting: sortingOf(sort) },
  })
  const sorted = table.getRowModel().rows
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  })
  const shown = virtual.getVirtualItems()
  const above = shown[0]?.start ?? 0
  const below = virtual.getTotalSize() - (shown.at(-1)?.end ?? 0)
  const [current, setCurrent] = useState(0)
  const [led, setLed] = useState<number | null>(null)
  useEffect(() => {
    // The row may only now have come into the page.
    const row = led === null ? null : scroller.current?.querySelector(`tr[data-row="${led}"]`)
    if (row instanceof HTMLElement) {
      row.focus({ preventScroll: true })
      setLed(null)
    }
  })
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const { target } = event
    const onRow = target instanceof HTMLTableRowElement || target === scroller.current
    if (!onOpen || !onRow) return
    const row = sorted[current]?.original
    if (event.key === 'Enter' && row) return onOpen(row)
    const inside = target instanceof HTMLTableRowElement
    const to = rowAfter(event.key, inside ? current : -1, sorted.length)
    if (to === null) return
    event.preventDefault()
    setLed(to)
    setCurrent(to)
    virtual.scrollToIndex(to, { align: 'auto' })
  }
  const next = (id: string) => (sort === id ? `-${id}` : sort === `-${id}` ? undefined : id)

  const heading = (id: string, order: false | 'asc' | 'desc') => {
    const column = named.get(id)
    if (!column) return null
    const sortable = onSort && !column.control
    return (
      <th
        key={id}
        scope="col"
        className={classOf(column)}
        aria-sort={sortable ? ariaSort(order) : undefined}
      >
        {sortable ? (
          <button type="button" onClick={() => onSort(next(id))}>
            {column.title}
            <span aria-hidden="true" className="sort-mark">
              {order === 'asc' ? '▲' : order === 'desc' ? '▼' : ''}
            </span>
          </button>
        ) : (
          <span className={column.control ? 'for-screen-readers' : undefined}>{column.title}</span>
        )}
      </th>
    )
  }

  return (
    // A scrolling region takes the keyboard, so that its rows can be reached without a mouse.
    <section
      className="table-scroll"
      ref={scroller}
      aria-label={caption}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <table aria-rowcount={sorted.length + 1}>
        <caption className="for-screen-readers">{caption}</caption>
        <thead>
          <tr aria-rowindex={1}>
            {table
              .getHeaderGroups()
              .flatMap((group) =>
                group.headers.map(({ column }) => heading(column.id, column.getIsSorted())),
              )}
          </tr>
        </thead>
        <tbody>
          <Space height={above} />
          {shown.map(({ index, key }) => {
            const row = sorted[index]?.original
            if (!row) return null
            return (
              <tr
                key={key}
                aria-rowindex={index + 2}
                data-row={index}
                tabIndex={onOpen ? (index === current ? 0 : -1) : undefined}
                onFocus={onOpen && (() => setCurrent(index))}
                style={{ height: rowHeight }}
              >
                {columns.map((column) => (
                  <td key={column.id} className={classOf(column)}>
                    {column.cell ? column.cell(row) : column.value(row)}
                  </td>
                ))}
              </tr>
            )
          })}
          <Space height={below} />
        </tbody>
      </table>
    </section>
  )
}
