import { createTheme } from '@mantine/core'

export const theme = createTheme({
  primaryColor: 'petrol',
  primaryShade: { light: 8, dark: 7 },
  autoContrast: true,
  defaultRadius: 'md',
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, monospace',
  headings: { fontWeight: '650' },
  colors: {
    dark: [
      '#e6ecec',
      '#c3cccd',
      '#a3b0b3',
      '#6c7a7d',
      '#3a4548',
      '#313b3e',
      '#20282a',
      '#1a2022',
      '#121718',
      '#0d1112',
    ],
    petrol: [
      '#e9f5f6',
      '#d5e9eb',
      '#a9d3d7',
      '#7abcc3',
      '#54a9b2',
      '#3c9ca6',
      '#2c95a0',
      '#1c828d',
      '#0b6b75',
      '#005a63',
    ],
  },
})
