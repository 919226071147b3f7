"""popups"""
