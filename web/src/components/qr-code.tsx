import { useMemo } from 'react'
import { encode } from 'uqr'

/** A text as a QR code that a phone's camera reads, dark on light in every theme. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => {
    const { data } = encode(text, { ecc: 'M', border: 4 })
    const dark = data.flatMap((row, y) =>
      row.map((module, x) => (module ? `M${x} ${y}h1v1h-1z` : '')),
    )
    return { size: data.length, path: dark.join('') }
  }, [text])
  return (
    <svg className="qr-code" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <title>{label}</title>
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  )
}
